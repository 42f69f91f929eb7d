using System;
using System.Collections.Immutable;
using System.Globalization;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>A module of the runtime's model that has weights, and what lies in it.</summary>
/// <param name="Pattern">Its name; <c>{layer}</c> stands for the layer's number within its stage.</param>
/// <param name="Kinds">What lies in it, one below the other.</param>
/// <param name="Split">How ranks share it.</param>
internal sealed record RankRule(string Pattern, ImmutableArray<RoleKind> Kinds, RankSplit Split)
{
    /// <summary>What stands before the names of a layer.</summary>
    internal const string Layer = "transformer.layers.{layer}.";

    /// <summary>A module of one kind.</summary>
    /// <param name="pattern">Its name.</param>
    /// <param name="kind">What lies in it.</param>
    /// <param name="split">How ranks share it.</param>
    public RankRule(string pattern, RoleKind kind, RankSplit split = RankSplit.Whole)
        : this(pattern, [kind], split)
    {
    }

    /// <summary>In which models there is such a module; null = wherever its roles are.</summary>
    public Func<ModelConfig, bool>? When { get; init; }

    /// <summary>Whether it is a matrix that quantization concerns.</summary>
    public bool IsLinear { get; init; }

    /// <summary>Whether it stays float32 whatever the dtype.</summary>
    public bool IsWide { get; init; }

    /// <summary>Whether its weights are stored as the difference from what is used in Hugging Face's files, and as what is used here.</summary>
    public bool AddsOffset { get; init; }

    /// <summary>Whether the first rank alone has the bias and the others have zeros, where the runtime adds it on every rank.</summary>
    public bool FirstRankHasBias { get; init; }

    /// <summary>Whether there is one in each layer.</summary>
    public bool IsInLayer => Pattern.StartsWith(Layer, StringComparison.Ordinal);

    /// <summary>The module's name.</summary>
    /// <param name="layer">The layer within its stage.</param>
    /// <returns>For instance <c>transformer.layers.3.attention.qkv</c>.</returns>
    public string NameOf(int layer) => Pattern.Replace("{layer}", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
