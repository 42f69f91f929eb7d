using System;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <content>Positions, windows and scores.</content>
internal static partial class GgufKeys
{
    private static GgufKey[] Positions() =>
    [
        // Llama 3's scaling has no key: its factors stand in a tensor, as LongRope's do.
        new("rope.scaling.type", c => c.Rope?.Scaling switch { RopeScalingKind.Linear => "linear", RopeScalingKind.Yarn => "yarn", _ => null }),
        new("rope.scaling.factor", c => c.Rope is { Scaling: RopeScalingKind.Linear or RopeScalingKind.Yarn } rope ? (float)rope.Factor : null),
        new("rope.scaling.original_context_length", c => c.Rope is { Scaling: RopeScalingKind.Yarn } rope ? (uint)rope.OriginalContextLength : null),
        new("rope.scaling.yarn_attn_factor", c => c.Rope is { Scaling: RopeScalingKind.Yarn } rope ? (float?)rope.AttentionFactor : null, (c, v) => WithRope(c, r => r with { AttentionFactor = v.Number })),
        new("rope.scaling.yarn_beta_fast", c => (float?)c.Rope?.BetaFast, (c, v) => WithRope(c, r => r with { BetaFast = v.Number })),
        new("rope.scaling.yarn_beta_slow", c => (float?)c.Rope?.BetaSlow, (c, v) => WithRope(c, r => r with { BetaSlow = v.Number })),

        // A tenth of the multiplier, as the runtime needs it.
        new("rope.scaling.yarn_log_multiplier", c => (float?)(0.1 * c.Rope?.MagnitudeDivisor), (c, v) => WithRope(c, r => r with { MagnitudeMultiplier = Tenfold(v), MagnitudeDivisor = Tenfold(v) })),
        new("rope.scaling.attn_factor", c => c.Rope is { Scaling: RopeScalingKind.LongRope } rope ? (float)rope.Magnitude() : null),
        new("rope.freq_base", c => (float?)c.Rope?.Theta),
        new("rope.freq_base_swa", c => (float?)c.WindowRope?.Theta, (c, v) => c with { WindowRope = c.WindowRope is { } rope ? rope with { Theta = v.Number } : null }),
        new("rope.dimension_count", c => (uint?)c.Rope?.Dimensions, (c, v) => WithRope(c, r => r with { Dimensions = v.Count })),
    ];

    private static GgufKey[] Scores() =>
    [
        new("attention.sliding_window", c => c.Window > 0 ? (uint)c.Window : null, (c, v) => c with { Window = v.Size }),
        new("attention.sliding_window_pattern",
            c => c.Window > 0 ? Enumerable.Range(0, c.LayerCount).Select(c.WindowLayers.Contains).ToArray() : null,
            (c, v) => c with { WindowLayers = LayerSet.Where(Math.Min(c.LayerCount, v.Flags.Length), layer => v.Flags[layer]) }),
        new("attention.scale", c => (float?)c.AttentionScale, (c, v) => c with { AttentionScale = v.Number }),
        new("attention.clamp_kqv", c => (float?)c.ProjectionLimit, (c, v) => c with { ProjectionLimit = v.Number }),
        new("attention.max_alibi_bias", c => (float?)c.AlibiMaxBias, (c, v) => c with { AlibiMaxBias = v.Number }),
        new("attn_logit_softcapping", c => (float?)c.AttentionSoftCap, (c, v) => c with { AttentionSoftCap = v.Number }),
    ];

    private static ModelConfig WithRope(ModelConfig config, Func<RopeConfig, RopeConfig> change) => config with { Rope = config.Rope is { } rope ? change(rope) : null };

    // Six digits: what float32 keeps of a number that people write with three.
    private static double Tenfold(GgufKeyValue value) => Math.Round(value.Number * 10, 6);
}
