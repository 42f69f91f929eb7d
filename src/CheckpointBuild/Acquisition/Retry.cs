using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Decides whether a request is made again, and waits: 408, 429, 500, 502, 503, 504 and lost connections, five times, one second doubling to eight, or as the server asks.</summary>
/// <param name="settings">The first pause.</param>
/// <param name="subject">For messages.</param>
/// <param name="say">Is told of a wait that would look like a hang.</param>
internal sealed class Retry(HubSettings settings, HubSubject subject, Action<string> say)
{
    private const int MostTries = 5;
    private const int MostDoublings = 3;

    // A server that asks for more than this is not waited for: the user is told.
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(5);
    private int _failures;

    /// <summary>Forgets what failed before: something arrived.</summary>
    public void Reset() => _failures = 0;

    /// <summary>Whether an exception means that the connection was lost or stood still, and not that the user cancelled.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="cancellation">The user's.</param>
    /// <returns>True when the request may be made again.</returns>
    /// <remarks>A secure connection that is cut within a record is a plain <see cref="IOException"/>; what fails on our disk has a code and is none.</remarks>
    public static bool IsConnectionLoss(Exception e, CancellationToken cancellation) =>
        e is HttpRequestException or IOException or TimeoutException || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    /// <summary>Waits after an answer that is no success.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="refusal">What it means; thrown where asking again does not help.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>When to ask again.</returns>
    public async Task AfterAsync(HttpResponseMessage response, CheckpointException refusal, CancellationToken cancellation)
    {
        if (!IsTransient(response.StatusCode) || ++_failures >= MostTries)
        {
            throw refusal;
        }

        TimeSpan? asked = Asked(response);
        if (asked > MostPatience)
        {
            throw refusal;
        }

        TimeSpan pause = asked > Backoff ? asked.Value : Backoff;
        if (pause >= LongPause)
        {
            say(string.Create(CultureInfo.InvariantCulture, $"{subject.Where}: the server answers with status {(int)response.StatusCode} and asks for {pause.TotalSeconds:F0} seconds; asking again then"));
        }

        await settings.Pause(pause, cancellation);
    }

    /// <summary>Waits after a lost connection, or an answer that may be better the next time.</summary>
    /// <param name="e">What happened; thrown in the end where it is coded.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>When to ask again.</returns>
    public async Task AfterAsync(Exception e, CancellationToken cancellation)
    {
        if (++_failures >= MostTries)
        {
            throw e as CheckpointException ?? Errors.NoConnection(subject.Where, Reason(e));
        }

        await settings.Pause(Backoff, cancellation);
    }

    private TimeSpan Backoff => settings.FirstPause * (1 << Math.Clamp(_failures - 1, 0, MostDoublings));

    private static bool IsTransient(HttpStatusCode status) => (int)status is 408 or 429 or 500 or 502 or 503 or 504;

    // A date counts from the server's own clock, which may differ from ours. The Hub's rate limit names the seconds left as t=.
    private static TimeSpan? Asked(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is { } after)
        {
            return after.Delta ?? (after.Date - (response.Headers.Date ?? after.Date));
        }

        foreach (string part in (HubAddress.Header(response, "ratelimit") ?? "").Split(';'))
        {
            if (response.StatusCode == HttpStatusCode.TooManyRequests && part.StartsWith("t=", StringComparison.Ordinal) && int.TryParse(part.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            {
                return TimeSpan.FromSeconds(seconds);
            }
        }

        return null;
    }

    // The platform's own text may hold the address with its signature: only its kind is told.
    private static string Reason(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the host's name is not known",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection comes about; check the certificates and the clock of this machine",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "the proxy refuses",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "no connection comes about",
        OperationCanceledException => "it does not answer in time",
        TimeoutException => "it sends less than a kilobyte a second",
        _ => "the connection is lost again and again",
    };
}
