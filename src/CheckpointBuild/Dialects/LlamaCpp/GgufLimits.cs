using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using static CheckpointBuild.Dialects.LlamaCpp.GgufLimitEffect;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What llama.cpp cannot express of a model, although it has the architecture. Found by running the reference converter's files in the reference runtime against the models' own results.</summary>
internal static class GgufLimits
{
    private const double DefaultTheta = 10000;

    private static readonly GgufLimit[] All =
    [
        // Whole models.
        new(CannotBeWritten, (a, c) => a.Name is "qwen2moe" or "qwen3moe" && c.Experts!.Layers != LayerSet.All(c.LayerCount), "every layer must have experts"),
        new(CannotBeWritten, (a, c) => a.Name == "phi2" && c.HeadNorm != HeadNorm.None, "the architecture has no norms of queries and keys"),
        new(CannotBeWritten, (a, c) => a.Name == "falcon" && c.Residual == ResidualShape.Sequential, "blocks one after the other are not known"),
        new(CannotBeWritten, (a, c) => a.Name == "gemma2" && (c.AttentionSoftCap is null || c.LogitSoftCap is null), "soft caps must be stated"),

        // Tensors that the runtime demands or does not expect.
        new(WillNotLoad, (a, c) => a.Name == "command-r" && c.HeadNorm != HeadNorm.None == c.LayerCount < 64, "norms of queries and keys are expected in models of 64 layers or more, and only there"),
        new(WillNotLoad, (a, c) => a.Name == "deepseek2" && c.Latent!.QueryRank == 0 && c.LayerCount is not (26 or 27 or 48), "queries without a latent are expected in models of 26, 27 or 48 layers alone"),
        new(WillNotLoad, (a, c) => a.Name == "exaone4" && (c.HeadCount * c.HeadDimension != c.HiddenSize || c.KeyValueHeadCount != c.HeadCount), "heads must be as wide as the model over their number, each with keys of its own"),
        new(WillNotLoad, (a, c) => a.Name == "phi2" && c.KeyValueHeadCount != c.HeadCount, "each head must have keys of its own"),
        new(WillNotLoad, (a, c) => a.Name is "phi2" or "falcon" or "bloom" or "gpt2" && c.FeedForwardSize != 4 * c.HiddenSize, "the feed-forward block must be four times as wide as the model"),
        new(WillNotLoad, (a, c) => a.Name is "olmo2" or "stablelm" or "phi2" or "gptneox" or "gpt-oss" or "nemotron" && c.TiedEmbeddings, "the output head must be a tensor of its own"),
        new(WillNotLoad, (a, c) => a.Name is "qwen3" or "qwen3moe" or "smollm3" or "olmo" or "command-r" && (c.Biases & ~BiasSites.Norm) != 0, "biases are not expected"),
        new(WillNotLoad, (a, c) => a.Name == "starcoder2" && !c.Biases.HasFlag(BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward), "biases are expected"),
        new(WillNotLoad, (a, c) => !a.Has("attention.key_length") && c.HeadCount * c.HeadDimension != c.HiddenSize, "heads must be as wide as the model over their number"),

        // Numbers that the runtime does not read.
        new(ComputesElse, (a, c) => a.Name is "llama" or "qwen2" or "qwen2moe" or "qwen3" or "qwen3moe" or "starcoder2" or "phi3" or "smollm3" && HasWindows(c), "it lets every position see all before it, where the model has a sliding window"),
        new(ComputesElse, (a, c) => a.Name is "gemma2" or "gpt-oss" && c.WindowLayers != LayerSet.Where(c.LayerCount, layer => layer % 2 == 0), "it gives a sliding window to every other layer from the first on, the model to others"),
        new(ComputesElse, (a, c) => a.Name == "gemma3" && c.WindowLayers != LayerSet.Where(c.LayerCount, layer => (layer + 1) % 6 != 0), "it gives a sliding window to five of six layers, the model to others"),
        new(ComputesElse, (a, c) => a.Name is "gemma2" or "gemma3" && !IsNear(c.ScoreScale, a.Complete(c, TensorTable.Empty).ScoreScale), "it scales scores by the width of a head, the model by query_pre_attn_scalar"),
        new(ComputesElse, (a, c) => a.Name is "qwen2moe" or "qwen3moe" && c.Experts!.NormalizesWeights != a.Complete(c, TensorTable.Empty).Experts!.NormalizesWeights, "it divides the weights of experts by their sum where the model does not, or the other way round"),
        new(ComputesElse, (a, c) => a.Name == "smollm3" && c.UnturnedLayers != LayerSet.Where(c.LayerCount, layer => (layer + 1) % 4 == 0), "it leaves out the rotation in every fourth layer, the model in others"),
        new(ComputesElse, (a, c) => a.Name == "bloom" && c.Residual == ResidualShape.NormIsResidual, "it adds results to the residual stream, the model to its norm"),
        new(ComputesElse, (a, c) => a.Name == "deepseek2" && c.Experts is { Scoring: ExpertScoring.Sigmoid, ScoringIsStated: false }, "it weighs experts by softmax where the configuration does not name scoring_func"),
        new(ComputesElse, (a, c) => a.Name == "deepseek2" && c.Rope!.Style == RopeStyle.Halves, "it turns neighbouring dimensions, the model halves"),
        new(ComputesElse, (a, c) => c.AttentionScale is not null && !a.Has("attention.scale") && a.Name is not ("gemma2" or "gemma3" or "deepseek2"), "it scales scores by the width of a head, the model otherwise"),
        new(ComputesElse, (a, c) => c.ProjectionLimit is not null && a.Name == "mpt", "it does not limit queries, keys and values"),
        new(ComputesElse, (a, c) => c.Rope is { RampIsFractional: true }, "it rounds the ends of YaRN's ramp to whole pairs"),
        new(ComputesElse, (a, c) => c.Rope is { Scaling: RopeScalingKind.Yarn } rope && ((rope.BetaFast ?? 32) != 32 || (rope.BetaSlow ?? 1) != 1), "it takes 32 and 1 for YaRN's beta_fast and beta_slow"),
        new(ComputesElse, (a, c) => c.Rope is { Scaling: RopeScalingKind.LongRope }, "it takes the factors for long texts whenever its context is larger than the original one, however short the text is"),
        new(ComputesElse, (a, c) => c.Rope is { Scaling: RopeScalingKind.Dynamic }, "it does not know dynamic rope scaling"),
        new(ComputesElse, (a, c) => c.Rope is { Scaling: RopeScalingKind.Linear or RopeScalingKind.Yarn } && !a.Has("rope.scaling.factor"), "it does not read rope scaling in this architecture"),
        new(ComputesElse, (a, c) => c.Rope is { } rope && rope.Theta != DefaultTheta && !a.Has("rope.freq_base"), "it turns by the base 10000 in this architecture"),
        new(ComputesElse, (a, c) => c.Rope is { } rope && rope.Dimensions != c.HeadDimension && !a.Has("rope.dimension_count"), "it turns whole heads in this architecture"),
    ];

    /// <summary>Refuses what cannot be written, and warns of the rest.</summary>
    /// <param name="checkpoint">A model of an architecture that llama.cpp has.</param>
    /// <param name="pruned">Layers that are left out: what the runtime knows by a layer's place may hold no more behind them.</param>
    /// <returns>The warnings.</returns>
    /// <exception cref="CheckpointException">CKPT2012 where no file of it can be made.</exception>
    public static IEnumerable<Diagnostic> Of(Checkpoint checkpoint, ImmutableArray<int> pruned)
    {
        GgufArchitecture architecture = GgufArchitecture.Of(checkpoint.Family);
        ModelConfig config = pruned.IsEmpty ? checkpoint.Config : checkpoint.Config.Without(pruned);
        ImmutableArray<GgufLimit> met = [.. All.Where(limit => limit.Holds(architecture, config))];
        if (met.FirstOrDefault(limit => limit.Effect == CannotBeWritten) is { } refusal)
        {
            throw Errors.CannotRun($"{checkpoint.Name} ({checkpoint.Family.Architecture})", "GGUF", $"In llama.cpp's {architecture.Name} {refusal.Text}. Build another engine, or keep the Hugging Face form.");
        }

        string? activation = checkpoint.Config.Activation == checkpoint.Family.Fields.DefaultActivation ? null : $"it takes {checkpoint.Family.Fields.DefaultActivation} for the nonlinearity, the model has {checkpoint.Config.Activation}";
        return met
            .Select(limit => limit.Effect == WillNotLoad ? Errors.EngineWillNotLoad(checkpoint.Name, limit.Text) : Errors.EngineComputesElse(checkpoint.Name, limit.Text))
            .Concat(activation is null ? [] : [Errors.EngineComputesElse(checkpoint.Name, activation)]);
    }

    private static bool HasWindows(ModelConfig config) => config.Window > 0 && config.Window < config.ContextLength && !config.WindowLayers.IsEmpty;

    private static bool IsNear(double left, double right) => Math.Abs(left - right) <= 1e-6 * right;
}
