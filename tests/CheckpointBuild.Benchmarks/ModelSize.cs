using System;

namespace CheckpointBuild.Benchmarks;

/// <summary>The shape of a generated Llama.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="FeedForward">Width of the feed-forward block.</param>
/// <param name="Layers">How many layers.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads.</param>
/// <param name="Vocabulary">Rows of the embedding.</param>
internal sealed record ModelSize(string Name, int Hidden, int FeedForward, int Layers, int Heads, int KeyValueHeads, int Vocabulary)
{
    private static readonly ModelSize[] All =
    [
        new("25m", 768, 2048, 4, 12, 4, 1024),
        new("100m", 768, 3072, 10, 12, 4, 32000),
        new("1b", 2048, 8192, 16, 32, 8, 32000),
        new("4b", 3072, 12288, 28, 24, 8, 32000),
    ];

    /// <summary>Finds a size.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The size.</returns>
    public static ModelSize Named(string name) => Array.Find(All, s => s.Name == name) ?? throw new ArgumentException($"No size '{name}'.", nameof(name));
}
