using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>A repository that the local server plays.</summary>
/// <param name="Name"><c>org/name</c>.</param>
internal sealed record ServedRepository(string Name)
{
    /// <summary>The commit of each branch and tag.</summary>
    public Dictionary<string, string> Revisions { get; } = new(StringComparer.Ordinal);

    /// <summary>The files of each commit.</summary>
    public Dictionary<string, IReadOnlyList<ServedFile>> Commits { get; } = new(StringComparer.Ordinal);

    /// <summary>The licence that its card names.</summary>
    public string License { get; init; } = "apache-2.0";

    /// <summary>A repository with one commit on <c>main</c>.</summary>
    /// <param name="name"><c>org/name</c>.</param>
    /// <param name="files">Its files.</param>
    /// <returns>The repository.</returns>
    public static ServedRepository Of(string name, params ServedFile[] files) => new ServedRepository(name).Commit(new string('a', 40), files);

    /// <summary>Adds a commit and puts <c>main</c> on it.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="files">Its files.</param>
    /// <returns>This.</returns>
    public ServedRepository Commit(string commit, params ServedFile[] files)
    {
        Commits[commit] = files;
        Revisions["main"] = commit;
        return this;
    }

    /// <summary>The commit of a revision.</summary>
    /// <param name="revision">A branch, a tag or a commit.</param>
    /// <returns>The commit, or null.</returns>
    public string? Resolve(string revision) => Revisions.GetValueOrDefault(revision) ?? (Commits.ContainsKey(revision) ? revision : null);

    /// <summary>A large content by its hash.</summary>
    /// <param name="sha256">64 hex digits.</param>
    /// <returns>The file, or null.</returns>
    public ServedFile? Large(string sha256) => Commits.Values.SelectMany(f => f).FirstOrDefault(f => f.IsLarge && f.Sha256 == sha256);
}
