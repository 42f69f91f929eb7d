using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>What a revision is, and which files it has: asked of the Hub, or of the cache where that is enough.</summary>
/// <param name="http">Asks.</param>
/// <param name="settings">Whether the network may be used.</param>
internal sealed class HubListing(HubHttp http, HubSettings settings)
{
    // Far more than the Hub lists for any repository: a list that goes on is a server's mistake, or worse.
    private const int MostPages = 1000;
    private const int MostFiles = 1 << 18;

    /// <summary>Resolves a revision and keeps what it is.</summary>
    /// <param name="subject">Repository and revision.</param>
    /// <param name="cache">Where it is kept.</param>
    /// <param name="needsLicense">Whether the Hub is asked for the licence although the revision is a commit.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The commit, and the licence where the Hub was asked.</returns>
    /// <exception cref="CheckpointException">CKPT6013 when the answer names another commit than the one that was asked for, CKPT6015 when the network would be needed.</exception>
    public async Task<(string Commit, string? License)> ResolveAsync(HubSubject subject, HubCache cache, bool needsLicense, CancellationToken cancellation)
    {
        if (settings.Offline)
        {
            return (cache.Commit(subject.Revision) ?? throw Errors.OfflineNeedsFiles(subject.Where, []), null);
        }

        if (HubCache.IsCommit(subject.Revision) && !needsLicense)
        {
            return (subject.Revision, null);
        }

        (byte[] body, _) = await http.GetTextAsync(http.At(HubAddress.Revision(subject)), subject, cancellation);
        (string commit, string? license) = ReadRevision(body, subject);
        if (HubCache.IsCommit(subject.Revision) && commit != subject.Revision)
        {
            throw Errors.BadHubAnswer(subject.Where, $"it answers for the commit {commit}");
        }

        cache.KeepCommit(subject.Revision, commit);
        return (commit, license);
    }

    /// <summary>Lists a commit's files.</summary>
    /// <param name="subject">Repository and commit.</param>
    /// <param name="target">Keeps the list.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The files, and whether they are all that the commit has: without the network, a cache that keeps no list tells only what lies in it.</returns>
    /// <exception cref="CheckpointException">CKPT6013 and CKPT6014 for a list that cannot be used, CKPT6015 when the network would be needed.</exception>
    public async Task<(ImmutableArray<HubFile> Files, bool IsWhole)> ListAsync(HubSubject subject, IFetchTarget target, CancellationToken cancellation)
    {
        if (target.Tree(subject.Revision) is { } known)
        {
            return (known, true);
        }

        if (settings.Offline)
        {
            return target.Present(subject.Revision) is { IsEmpty: false } present ? (present, false) : throw Errors.OfflineNeedsFiles(subject.Where, []);
        }

        var files = new List<HubFile>();
        Uri? page = http.At(HubAddress.Tree(subject));
        for (int pages = 0; page is not null; pages++)
        {
            if (pages == MostPages || files.Count > MostFiles)
            {
                throw Errors.BadHubAnswer(subject.Where, "its list of files has no end");
            }

            (byte[] body, page) = await http.GetTextAsync(page, subject, cancellation);
            files.AddRange(HubTree.ReadPage(body, subject));
        }

        if (files.DistinctBy(f => f.Path, StringComparer.Ordinal).Count() != files.Count)
        {
            throw Errors.BadHubAnswer(subject.Where, "it lists a file twice");
        }

        target.KeepTree(subject.Revision, files);
        return ([.. files], true);
    }

    private static (string Commit, string? License) ReadRevision(byte[] body, HubSubject subject)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            string commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            string? license = document.RootElement.TryGetProperty("cardData", out JsonElement card) && card.ValueKind == JsonValueKind.Object
                && card.TryGetProperty("license", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return HubCache.IsCommit(commit) ? (commit, license) : throw new FormatException();
        }
        catch (Exception e) when (ModelJson.IsDamage(e))
        {
            throw Errors.BadHubAnswer(subject.Where, "it names no commit");
        }
    }
}
