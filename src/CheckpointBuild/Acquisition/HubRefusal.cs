using System;
using System.Net;
using System.Net.Http;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>What an answer that is no success means, told by <c>X-Error-Code</c> where the Hub gives one.</summary>
internal static class HubRefusal
{
    /// <summary>Names it.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="subject">What was asked for.</param>
    /// <param name="hasToken">Whether a token was sent.</param>
    /// <param name="endpoint">The Hub.</param>
    /// <returns>The error.</returns>
    public static CheckpointException Of(HttpResponseMessage response, HubSubject subject, bool hasToken, Uri endpoint)
    {
        string code = HubAddress.Header(response, "X-Error-Code") ?? "";
        string message = HubAddress.Header(response, "X-Error-Message") ?? "";
        string page = $"{endpoint.AbsoluteUri.TrimEnd('/')}/{subject.Repository}";
        return (code, response.StatusCode) switch
        {
            ("RepoNotFound", _) => hasToken ? Errors.RepositoryNotFound(subject.Where) : Errors.RepositoryNotFoundWithoutToken(subject.Where),
            ("RevisionNotFound", _) => Errors.RevisionNotFound(subject.Where),
            ("EntryNotFound", _) => Errors.EntryNotFound(subject.Where),
            ("GatedRepo", _) => Errors.RepositoryGated(subject.Where, page, hasToken),
            ("DisabledRepo", _) => Errors.RepositoryDisabled(subject.Where),
            (_, HttpStatusCode.Unauthorized) => hasToken ? Errors.TokenRefused(subject.Where) : Errors.RepositoryNotFoundWithoutToken(subject.Where),
            (_, HttpStatusCode.Forbidden) when message.Contains("disabled", StringComparison.OrdinalIgnoreCase) => Errors.RepositoryDisabled(subject.Where),
            (_, HttpStatusCode.Forbidden) when hasToken => Errors.TokenRefused(subject.Where),
            (_, HttpStatusCode.TooManyRequests) => Errors.RateLimited(subject.Where, hasToken),
            (_, HttpStatusCode.NotFound) => subject.File is null ? Errors.RepositoryNotFound(subject.Where) : Errors.EntryNotFound(subject.Where),
            _ => Errors.HubStatus(subject.Where, (int)response.StatusCode),
        };
    }
}
