using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Acquisition;

/// <summary>What one name resolved to when it was locked: an entry of <c>checkpoints.lock.json</c>.</summary>
/// <param name="Source"><c>hf:org/name</c> or <c>nuget:Id</c>.</param>
/// <param name="Revision">The branch, tag or commit, or the package's version, that was asked for.</param>
/// <param name="Selection">The patterns that chose its files; empty = what a build needs.</param>
/// <param name="Commit">The commit, 40 hex digits; of a package, its version.</param>
/// <param name="Files">Every file, in ordinal order of paths.</param>
public sealed record LockedModel(string Source, string Revision, string Selection, string Commit, ImmutableArray<LockedFile> Files)
{
    /// <summary>The licence as the source states it, or null.</summary>
    public string? License { get; init; }

    /// <summary>Whether both are about the same name.</summary>
    /// <param name="other">Another entry.</param>
    /// <returns>True when source, revision and patterns are equal.</returns>
    public bool IsFor(LockedModel other) => other is not null && (Source, Revision, Selection) == (other.Source, other.Revision, other.Selection);

    /// <summary>What is different in a newer entry, in words.</summary>
    /// <param name="newer">The newer one.</param>
    /// <returns>One line; empty when nothing is.</returns>
    public string Difference(LockedModel newer)
    {
        System.ArgumentNullException.ThrowIfNull(newer);
        ILookup<string, LockedFile> before = Files.ToLookup(f => f.Path);
        ILookup<string, LockedFile> after = newer.Files.ToLookup(f => f.Path);
        string[] parts =
        [
            Commit == newer.Commit ? "" : $"{Commit} is {newer.Commit} now",
            List("changed", newer.Files.Where(f => before[f.Path].FirstOrDefault() is { } old && old != f)),
            List("added", newer.Files.Where(f => !before.Contains(f.Path))),
            List("removed", Files.Where(f => !after.Contains(f.Path))),
            License == newer.License ? "" : $"licence {License ?? "none"} is {newer.License ?? "none"} now",
        ];
        return string.Join("; ", parts.Where(p => p.Length > 0));
    }

    private static string List(string what, System.Collections.Generic.IEnumerable<LockedFile> files) => string.Join(", ", files.Select(f => f.Path)) is { Length: > 0 } list ? $"{what} {list}" : "";
}
