using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>The Hub's addresses, and what its headers say about a file.</summary>
internal static class HubAddress
{
    /// <summary>Where a revision is resolved.</summary>
    /// <param name="subject">Repository and revision.</param>
    /// <returns>Below the endpoint.</returns>
    public static string Revision(HubSubject subject) => $"api/models/{subject.Repository}/revision/{Uri.EscapeDataString(subject.Revision)}";

    /// <summary>Where the files of a commit are listed.</summary>
    /// <param name="subject">Repository and commit.</param>
    /// <returns>Below the endpoint.</returns>
    public static string Tree(HubSubject subject) => $"api/models/{subject.Repository}/tree/{Uri.EscapeDataString(subject.Revision)}?recursive=true&expand=false";

    /// <summary>Where a file is.</summary>
    /// <param name="subject">Repository, revision and file.</param>
    /// <returns>Below the endpoint.</returns>
    public static string Resolve(HubSubject subject) =>
        $"{subject.Repository}/resolve/{Uri.EscapeDataString(subject.Revision)}/{string.Join('/', subject.File!.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>Reads what the Hub says about a file.</summary>
    /// <param name="response">The answer to a HEAD.</param>
    /// <param name="subject">The file.</param>
    /// <returns>Commit, identity, size and address.</returns>
    /// <exception cref="CheckpointException">CKPT6013 when something that is needed is missing.</exception>
    public static RemoteFile ReadHead(HttpResponseMessage response, HubSubject subject)
    {
        string commit = Header(response, "X-Repo-Commit") is { } stated && HubCache.IsCommit(stated) ? stated
            : HubCache.IsCommit(subject.Revision) ? subject.Revision
            : throw Errors.BadHubAnswer(subject.Where, "it names no commit (X-Repo-Commit); is HF_ENDPOINT a Hub?");
        if (HubCache.IsCommit(subject.Revision) && commit != subject.Revision)
        {
            throw Errors.BadHubAnswer(subject.Where, $"it answers for the commit {commit}");
        }

        ContentIdentity identity = ContentIdentity.Parse(Header(response, "X-Linked-Etag") ?? response.Headers.ETag?.Tag ?? Header(response, "ETag"))
            ?? throw Errors.BadHubAnswer(subject.Where, "its entity tag is no SHA-256 and no Git SHA-1, so that nothing could be verified");
        long size = long.TryParse(Header(response, "X-Linked-Size"), out long linked) ? linked : response.Content.Headers.ContentLength ?? -1;
        if (size is < 0 or > HubTree.MostFileBytes)
        {
            throw Errors.BadHubAnswer(subject.Where, "it names no size that a file can have");
        }

        Uri asked = response.RequestMessage!.RequestUri!;
        return new RemoteFile(subject with { Revision = commit }, commit, identity, size, response.Headers.Location is { } location ? new Uri(asked, location) : asked);
    }

    /// <summary>A header's one value.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="name">The header.</param>
    /// <returns>Its value, or null.</returns>
    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
}
