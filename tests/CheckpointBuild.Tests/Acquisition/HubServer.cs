using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>A local server that answers like the Hub: the endpoint, and another host (another port) for large contents.</summary>
internal sealed partial class HubServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<ServedRequest> _requests = new();
    private readonly List<ServedRepository> _repositories;
    private int _answering;

    private HubServer(WebApplication application, IEnumerable<ServedRepository> repositories)
    {
        _application = application;
        _repositories = [.. repositories];
    }

    /// <summary>The endpoint.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>The other host.</summary>
    public Uri Cdn { get; private set; } = null!;

    /// <summary>What was asked so far, in order of the answers' ends.</summary>
    /// <remarks>A client has its last byte before the server has noted the answer: what is still being answered is waited for.</remarks>
    public IReadOnlyList<ServedRequest> Requests
    {
        get
        {
            Settle();
            return [.. _requests];
        }
    }

    /// <summary>Answers in the server's place, or leaves it to the server; for faults.</summary>
    public Func<HttpContext, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    /// <summary>How content is written: for faults on the way.</summary>
    public Func<HttpContext, ReadOnlyMemory<byte>, Task> Write { get; set; } = async (context, bytes) => await context.Response.Body.WriteAsync(bytes, context.RequestAborted);

    /// <summary>A token without which nothing is answered, or null.</summary>
    public string? NeedsToken { get; set; }

    /// <summary>Repositories whose conditions nobody has accepted.</summary>
    public HashSet<string> Gated { get; } = ["demo/gated"];

    /// <summary>Starts a server.</summary>
    /// <param name="repositories">What it serves.</param>
    /// <returns>The server.</returns>
    public static Task<HubServer> StartAsync(params IEnumerable<ServedRepository> repositories) => StartAsync(_ => { }, repositories);

    private static async Task<HubServer> StartAsync(Action<ListenOptions> listen, IEnumerable<ServedRepository> repositories)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen);
            kestrel.Listen(IPAddress.Loopback, 0, listen);
        });
        WebApplication application = builder.Build();
        var server = new HubServer(application, repositories);
        application.Run(server.AnswerAsync);
        await application.StartAsync();
        string[] addresses = [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        (server.Endpoint, server.Cdn) = (new Uri(addresses[0]), new Uri(addresses[1]));
        return server;
    }

    /// <summary>Serves another state of a repository from now on.</summary>
    /// <param name="repository">In the place of the one of its name.</param>
    public void Replace(ServedRepository repository)
    {
        int index = _repositories.FindIndex(r => r.Name == repository.Name);
        _repositories[index] = repository;
    }

    /// <summary>Forgets what was asked.</summary>
    public void Forget()
    {
        Settle();
        _requests.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }

    private void Settle() => SpinWait.SpinUntil(() => Volatile.Read(ref _answering) == 0, TimeSpan.FromSeconds(10));

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _answering);
        bool isCdn = context.Connection.LocalPort == Cdn.Port;
        var counted = new CountedSending();
        context.Items[typeof(CountedSending)] = counted;
        try
        {
            if (!await Before(context))
            {
                await (isCdn ? AnswerContentAsync(context, _repositories.Select(r => r.Large(context.Request.Path.Value!["/cdn/".Length..])).FirstOrDefault(f => f is not null)) : AnswerHubAsync(context));
            }
        }
        finally
        {
            _requests.Enqueue(new ServedRequest(isCdn ? "<cdn>" : "<endpoint>", context.Request.Method, context.Request.Path.ToUriComponent() + context.Request.QueryString, context.Response.StatusCode)
            {
                Authorization = context.Request.Headers.Authorization.FirstOrDefault(),
                Range = context.Request.Headers.Range.FirstOrDefault(),
                Sent = counted.Bytes,
            });
            Interlocked.Decrement(ref _answering);
        }
    }

    private async Task AnswerHubAsync(HttpContext context)
    {
        string[] parts = context.Request.Path.Value!.Trim('/').Split('/');
        bool isApi = parts is ["api", "models", ..];
        parts = isApi ? parts[2..] : parts;
        string name = string.Join('/', parts[..2]);
        if (NeedsToken is { } token && context.Request.Headers.Authorization != "Bearer " + token)
        {
            Refuse(context, 401, context.Request.Headers.Authorization.Count == 0 ? "RepoNotFound" : null);
        }
        else if (Gated.Contains(name))
        {
            Refuse(context, 403, "GatedRepo");
        }
        else if (_repositories.Find(r => r.Name == name) is not { } repository)
        {
            Refuse(context, 404, "RepoNotFound");
        }
        else if (repository.Resolve(Uri.UnescapeDataString(parts[3])) is not { } commit)
        {
            Refuse(context, 404, "RevisionNotFound");
        }
        else if (isApi)
        {
            await context.Response.WriteAsync((parts[2] == "revision" ? (JsonNode)Revision(repository, commit) : Tree(repository, commit)).ToJsonString(), context.RequestAborted);
        }
        else if (repository.Commits[commit].FirstOrDefault(f => f.Path == string.Join('/', parts[4..])) is not { } file)
        {
            Refuse(context, 404, "EntryNotFound");
        }
        else
        {
            context.Response.Headers["X-Repo-Commit"] = commit;
            await AnswerFileAsync(context, file);
        }
    }

    private Task AnswerFileAsync(HttpContext context, ServedFile file)
    {
        if (!file.IsLarge)
        {
            context.Response.Headers.ETag = $"\"{file.BlobId}\"";
            return AnswerContentAsync(context, file);
        }

        context.Response.StatusCode = 302;
        context.Response.Headers["X-Linked-Etag"] = $"\"{file.Sha256}\"";
        context.Response.Headers["X-Linked-Size"] = file.Content.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers.Location = new Uri(Cdn, $"/cdn/{file.Sha256}?sig=abc").AbsoluteUri;
        return Task.CompletedTask;
    }

    private async Task AnswerContentAsync(HttpContext context, ServedFile? file)
    {
        if (file is null)
        {
            context.Response.StatusCode = 404;
            return;
        }

        ReadOnlyMemory<byte> content = file.Content;
        if (RangeHeaderValue.TryParse(context.Request.Headers.Range.FirstOrDefault(), out RangeHeaderValue? range) && range.Ranges.Single() is { From: { } from } part)
        {
            if (from >= content.Length)
            {
                context.Response.StatusCode = 416;
                return;
            }

            long end = Math.Min(content.Length, (part.To ?? long.MaxValue - 1) + 1);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{end - 1}/{content.Length}";
            content = content[(int)from..(int)end];
        }

        context.Response.ContentLength = content.Length;
        if (context.Request.Method != "HEAD")
        {
            await Write(context, content);
            ((CountedSending)context.Items[typeof(CountedSending)]!).Bytes = content.Length;
        }
    }

    private static JsonObject Revision(ServedRepository repository, string commit) => new()
    {
        ["id"] = repository.Name,
        ["sha"] = commit,
        ["cardData"] = new JsonObject { ["license"] = repository.License },
        ["siblings"] = new JsonArray([.. repository.Commits[commit].Select(f => new JsonObject { ["rfilename"] = f.Path })]),
    };

    private static JsonArray Tree(ServedRepository repository, string commit) => new([.. repository.Commits[commit].Select(file =>
    {
        var entry = new JsonObject { ["type"] = "file", ["path"] = file.Path, ["size"] = file.Content.Length, ["oid"] = file.BlobId };
        if (file.IsLarge)
        {
            entry["lfs"] = new JsonObject { ["oid"] = file.Sha256, ["size"] = file.Content.Length, ["pointerSize"] = 134 };
        }

        return entry;
    })]);

    private static void Refuse(HttpContext context, int status, string? code)
    {
        context.Response.StatusCode = status;
        if (code is not null)
        {
            context.Response.Headers["X-Error-Code"] = code;
        }
    }

    private sealed class CountedSending
    {
        public long Bytes { get; set; }
    }
}
