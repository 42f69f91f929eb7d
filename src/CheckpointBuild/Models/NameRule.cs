using System;
using System.Collections.Immutable;
using System.Globalization;

namespace CheckpointBuild.Models;

/// <summary>What an ecosystem calls a stored tensor of a family, and which roles lie in it.</summary>
/// <param name="Pattern">Its name without <see cref="WeightSuffix"/> or <see cref="BiasSuffix"/>; <c>{layer}</c> stands for the layer's number, <c>{index}</c> for the expert's or head's.</param>
/// <param name="Kinds">What lies in it: one kind, or several.</param>
public sealed record NameRule(string Pattern, ImmutableArray<RoleKind> Kinds)
{
    private const string Layer = "{layer}";
    private const string Index = "{index}";

    /// <summary>A tensor of one kind.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="pattern">Its name without suffix.</param>
    public NameRule(RoleKind kind, string pattern)
        : this(pattern, [kind])
    {
    }

    /// <summary>How the roles lie in it.</summary>
    public TensorLayout Layout { get; init; } = TensorLayout.Plain;

    /// <summary>In which models the name holds; null = in all. The first rule for a kind that holds counts.</summary>
    public Func<ModelConfig, bool>? When { get; init; }

    /// <summary>What stands behind the name of a weight.</summary>
    public string WeightSuffix { get; init; } = ".weight";

    /// <summary>What stands behind the name of a bias.</summary>
    public string BiasSuffix { get; init; } = ".bias";

    /// <summary>Whether there is one in each layer.</summary>
    public bool IsInLayer => Pattern.Contains(Layer, StringComparison.Ordinal);

    /// <summary>Whether there is one for each expert or head.</summary>
    public bool IsIndexed => Pattern.Contains(Index, StringComparison.Ordinal);

    /// <summary>The full name.</summary>
    /// <param name="layer">The layer, where there is one in each.</param>
    /// <param name="index">The expert or head, where there is one for each.</param>
    /// <param name="part">The weight or its bias.</param>
    /// <returns>For instance <c>model.layers.3.self_attn.q_proj.weight</c>.</returns>
    public string NameOf(int layer, int index, TensorPart part) => string.Concat(
        Pattern
            .Replace(Layer, layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace(Index, index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
        part == TensorPart.Bias ? BiasSuffix : WeightSuffix);
}
