using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Requests to the Hub: who gets the token, which redirects are followed, when to ask again.</summary>
/// <remarks>A proxy comes from the environment (<c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>ALL_PROXY</c>, <c>NO_PROXY</c>), as everywhere in .NET.</remarks>
internal sealed partial class HubHttp : IDisposable
{
    private const int MostRedirects = 10;
    private const int MostBodyBytes = 64 << 20;
    private const int MostPatiences = 30;
    private static readonly ProductInfoHeaderValue Agent = new("checkpointbuild", typeof(HubHttp).Assembly.GetName().Version!.ToString(3));
    private readonly HttpClient _client;
    private readonly HubSettings _settings;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="settings">Endpoint, token and limits.</param>
    /// <exception cref="CheckpointException">CKPT6002 when the token cannot stand in a header.</exception>
    public HubHttp(HubSettings settings)
    {
        if (settings.Token is { } token && !token.All(c => c is > ' ' and < '\x7f'))
        {
            throw Errors.BadHubVariable("HF_TOKEN", "", "one word of letters, digits and signs of ASCII, as the Hub gives it");
        }

        _settings = settings;
        _client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = settings.Trusts },
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = settings.MetadataTimeout,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Is told of long waits.</summary>
    public Action<string> Say { get; set; } = _ => { };

    /// <summary>An address below the endpoint.</summary>
    /// <param name="path">Escaped, without a slash at its beginning.</param>
    /// <returns>The address.</returns>
    public Uri At(string path) => new(_settings.Endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);

    /// <summary>Asks the Hub for a text, again where it helps.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="subject">For messages.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The body, and the address of the next page.</returns>
    /// <exception cref="CheckpointException">CKPT6003 to CKPT6013: what the answer means, or that there is none.</exception>
    public async Task<(byte[] Body, Uri? Next)> GetTextAsync(Uri uri, HubSubject subject, CancellationToken cancellation)
    {
        var retry = new Retry(_settings, subject, Say);
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await SendAsync(uri, null, _settings.MetadataTimeout, subject, cancellation);
                if (response.IsSuccessStatusCode)
                {
                    return (await ReadAsync(response, subject, cancellation), NextPage(response));
                }

                await retry.AfterAsync(response, Refusal(response, subject), cancellation);
            }
            catch (Exception e) when (Retry.IsConnectionLoss(e, cancellation))
            {
                await retry.AfterAsync(e, cancellation);
            }
        }
    }

    /// <summary>Asks what a file is, without its content: redirects within the Hub are followed, one to another host is the content's address.</summary>
    /// <param name="subject">The file.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="absent">Receives the commit that has no such file, where the Hub names it.</param>
    /// <returns>Commit, identity, size and address.</returns>
    /// <exception cref="CheckpointException">CKPT6003 to CKPT6013: what the answer means, or that there is none.</exception>
    public async Task<RemoteFile> HeadAsync(HubSubject subject, CancellationToken cancellation, Action<string>? absent = null)
    {
        var retry = new Retry(_settings, subject, Say);
        while (true)
        {
            try
            {
                Uri uri = At(HubAddress.Resolve(subject));
                using HttpResponseMessage response = await HeadOnceAsync(uri, subject, cancellation);
                if ((int)response.StatusCode < 400)
                {
                    return HubAddress.ReadHead(response, subject);
                }

                if (HubAddress.Header(response, "X-Error-Code") == "EntryNotFound" && HubAddress.Header(response, "X-Repo-Commit") is { } commit && HubCache.IsCommit(commit))
                {
                    absent?.Invoke(commit);
                }

                await retry.AfterAsync(response, Refusal(response, subject), cancellation);
            }
            catch (Exception e) when (Retry.IsConnectionLoss(e, cancellation))
            {
                await retry.AfterAsync(e, cancellation);
            }
        }
    }

    /// <summary>Names what an answer that is no success means.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="subject">What was asked for.</param>
    /// <returns>The error.</returns>
    public CheckpointException Refusal(HttpResponseMessage response, HubSubject subject) =>
        response.RequestMessage?.RequestUri is { } asked && !IsHub(asked) ? Errors.HostStatus(subject.Where, asked.Host, (int)response.StatusCode) : HubRefusal.Of(response, subject, _settings.Token is not null, _settings.Endpoint);

    /// <summary>Asks for a content, once; redirects are followed, and only the Hub itself gets the token.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="range">Which bytes; null = all, without saying so.</param>
    /// <param name="subject">For messages.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The answer, its headers read.</returns>
    /// <exception cref="CheckpointException">CKPT6013 when it redirects without end, or to where it must not.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri uri, ByteRange? range, HubSubject subject, CancellationToken cancellation) =>
        await SendAsync(uri, range is { } r ? new RangeHeaderValue(r.Start, r.End - 1) : null, _settings.DownloadTimeout, subject, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Makes a limit of time within a cancellation.</summary>
    /// <param name="time">How long.</param>
    /// <param name="cancellation">The outer one.</param>
    /// <returns>The source; dispose it.</returns>
    internal static CancellationTokenSource Limit(TimeSpan time, CancellationToken cancellation)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        source.CancelAfter(time);
        return source;
    }

    private async Task<HttpResponseMessage> HeadOnceAsync(Uri uri, HubSubject subject, CancellationToken cancellation)
    {
        for (int i = 0; i < MostRedirects; i++)
        {
            HttpResponseMessage response = await SendOnceAsync(new HttpRequestMessage(HttpMethod.Head, uri), _settings.MetadataTimeout, subject, cancellation);
            if (!IsRedirect(response) || response.Headers.Location is not { IsAbsoluteUri: false } location)
            {
                return response;
            }

            response.Dispose();
            uri = new Uri(uri, location);
        }

        throw Errors.BadHubAnswer(subject.Where, "it redirects without end");
    }

    private async Task<HttpResponseMessage> SendAsync(Uri uri, RangeHeaderValue? range, TimeSpan patience, HubSubject subject, CancellationToken cancellation)
    {
        for (int i = 0; i < MostRedirects; i++)
        {
            HttpResponseMessage response = await SendOnceAsync(new HttpRequestMessage(HttpMethod.Get, uri) { Headers = { Range = range } }, patience, subject, cancellation);
            if (!IsRedirect(response) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            uri = new Uri(uri, location);
        }

        throw Errors.BadHubAnswer(subject.Where, "it redirects without end");
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage message, TimeSpan patience, HubSubject subject, CancellationToken cancellation)
    {
        using HttpRequestMessage request = message;
        Uri uri = request.RequestUri!;
        if (uri.Scheme is not ("http" or "https"))
        {
            throw Errors.BadHubAnswer(subject.Where, $"it sends to an address of {uri.Scheme}:, where nothing is fetched from");
        }

        if (_settings.Endpoint.Scheme == Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttps)
        {
            throw Errors.BadHubAnswer(subject.Where, $"it sends to {uri.Host} by {uri.Scheme}, where anybody between could read and change what is sent");
        }

        request.Headers.UserAgent.Add(Agent);
        request.Headers.Accept.ParseAdd("*/*");
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (_settings.Token is { } token && IsHub(uri))
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        using CancellationTokenSource timeout = Limit(patience, cancellation);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
    }

    /// <summary>Whether an address is the Hub's, and not that of another host which it named.</summary>
    /// <param name="uri">The address.</param>
    /// <returns>True when it is.</returns>
    public bool IsHub(Uri uri) => uri.Scheme == _settings.Endpoint.Scheme && uri.IdnHost == _settings.Endpoint.IdnHost && uri.Port == _settings.Endpoint.Port;

    private static bool IsRedirect(HttpResponseMessage response) => response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    // It may stand still for as long as a download may, and drip for a while.
    private async Task<byte[]> ReadAsync(HttpResponseMessage response, HubSubject subject, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        using CancellationTokenSource whole = Limit(_settings.DownloadTimeout * MostPatiences, cancellation);
        await using Stream stream = await response.Content.ReadAsStreamAsync(whole.Token);
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            using CancellationTokenSource one = Limit(_settings.DownloadTimeout, whole.Token);
            int read = await stream.ReadAsync(buffer, one.Token);
            if (read == 0)
            {
                return body.ToArray();
            }

            await body.WriteAsync(buffer.AsMemory(0, read), cancellation);
            if (body.Length > MostBodyBytes)
            {
                throw Errors.BadHubAnswer(subject.Where, "its list of files has no end");
            }
        }
    }

    // RFC 8288: <address>; rel="next", or without quotes, among other links and parameters. An address may hold commas.
    private static Uri? NextPage(HttpResponseMessage response) =>
        (from link in response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? links : []
         from Match one in Link().Matches(link)
         where one.Groups["rel"].Value.Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase)
         select Uri.TryCreate(response.RequestMessage!.RequestUri!, one.Groups["address"].Value, out Uri? next) ? next : null).FirstOrDefault();

    [GeneratedRegex("""<(?<address>[^>]*)>(?:\s*;\s*(?:rel\s*=\s*(?:"(?<rel>[^"]*)"|(?<rel>[^\s;,"]+))|[^\s=;,"]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]*))?))*""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
