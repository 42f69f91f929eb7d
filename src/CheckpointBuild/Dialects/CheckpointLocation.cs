using System.Collections.Immutable;

namespace CheckpointBuild.Dialects;

/// <summary>Where a checkpoint lies, and what is known about it from where it was fetched.</summary>
/// <param name="Path">A folder or a file.</param>
public sealed record CheckpointLocation(string Path)
{
    /// <summary>What it is called where its path does not tell it; null = as its folder or file.</summary>
    public string? Name { get; init; }

    /// <summary>What a product of it is called where nothing else was chosen; null = as the checkpoint.</summary>
    public string? ProductName { get; init; }

    /// <summary>Whether its files are hashed each time that it is built from, whatever their sizes and times say: a folder that everybody trusts and nobody verifies.</summary>
    public bool IsReadEachTime { get; init; }

    /// <summary>The files that belong to it; others in the folder, which may be a cache that many share, do not. Null = all of them.</summary>
    public ImmutableArray<ExpectedFile>? Files { get; init; }
}
