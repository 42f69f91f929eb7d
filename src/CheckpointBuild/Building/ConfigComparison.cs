using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Building;

/// <summary>Holds two configurations against each other in what a forward pass computes with and no tensor's shape shows. What one dialect states and another leaves to its readers does not count.</summary>
public static class ConfigComparison
{
    // Files state numbers in single precision, or by a rule that gives them.
    private const double Near = 1e-5;

    private static readonly ImmutableArray<(string Name, Func<ModelConfig, object> Value)> Settings =
    [
        ("heads", c => c.HeadCount),
        ("key and value heads", c => c.KeyValueHeadCount),
        ("norm epsilon", c => c.NormEpsilon),
        ("activation", c => c.Activation),
        ("attention scale", c => c.ScoreScale),
        ("attention soft cap", c => c.AttentionSoftCap ?? 0),
        ("logit soft cap", c => c.LogitSoftCap ?? 0),
        ("embedding scale", c => c.EmbeddingScale),
        ("residual scale", c => c.ResidualScale),
        ("logit scale", c => c.LogitScale / c.LogitDivisor),
        ("experts used", c => c.Experts?.Used ?? 0),
        ("rotary base", c => c.Rope?.Theta ?? 0),
        ("rotary dimensions", c => c.Rope?.Dimensions ?? 0),
        ("rotary scaling", c => c.Rope is { Scaling: not RopeScalingKind.Llama3 } rope ? rope.Scaling : RopeScalingKind.None),
        ("rotary factor", c => c.Rope is { Scaling: not (RopeScalingKind.Llama3 or RopeScalingKind.None or RopeScalingKind.LongRope) } rope ? rope.Factor : 1),
        ("rotary factors by frequency", c => c.Rope?.FrequencyFactors().Sum(f => (double)f) ?? 0),
    ];

    /// <summary>Compares two configurations of one family.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <returns>What differs, a line each: <c>rotary base: 500000, 8000000</c>.</returns>
    public static ImmutableArray<string> Differences(ModelConfig left, ModelConfig right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return [.. Settings.Select(s => (s.Name, Left: s.Value(left), Right: s.Value(right))).Where(s => !AreSame(s.Left, s.Right)).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Name}: {s.Left}, {s.Right}"))];
    }

    private static bool AreSame(object left, object right) => left is double a && right is double b ? Math.Abs(a - b) <= Near * Math.Max(Math.Abs(a), Math.Abs(b)) : left.Equals(right);
}
