using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>One of the reference's converters: a class of models of the runtime, its configuration and its modules.</summary>
internal abstract partial class Converter
{
    /// <summary>The architectures, as Hugging Face names them, whose models are of this class.</summary>
    public abstract ImmutableArray<string> Architectures { get; }

    /// <summary>The modules that hold weights.</summary>
    public abstract ImmutableArray<RankRule> Rules { get; }

    /// <summary>Whether the model's rotary tables are among its weights.</summary>
    public virtual bool StoresRotaryTables => true;

    /// <summary>Whether the configuration has a place for biases of the feed-forward block.</summary>
    public virtual string? FeedForwardBiasField => null;

    /// <summary>Where calibrated checkpoints record how they were made; otherwise nothing is added.</summary>
    public virtual bool RecordsCalibration => false;

    /// <summary>Whether weight-only matrices that kernels cannot take are padded.</summary>
    public virtual bool PadsWeightOnly => false;

    /// <summary>The configuration.</summary>
    /// <param name="fields">What all converters write.</param>
    /// <returns>The root object.</returns>
    public abstract JsonObject Config(ConverterFields fields);

    /// <summary>What the class makes of the options: some of its choices are its own.</summary>
    /// <param name="options">As asked for.</param>
    /// <returns>As they hold.</returns>
    public virtual TensorRtLlmOptions Settle(TensorRtLlmOptions options) => options;

    /// <summary>How positions are known.</summary>
    /// <param name="config">The model.</param>
    /// <returns>The reference's name.</returns>
    protected static string PositionOf(ModelConfig config)
    {
        System.ArgumentNullException.ThrowIfNull(config);
        return config.PositionOffset is not null ? "learned_absolute"
            : config.AlibiMaxBias is not null ? "alibi"
            : config.Rope is { Scaling: RopeScalingKind.LongRope } ? "long_rope"
            : config.Rope is { Style: RopeStyle.Pairs } ? "rope_gptj" : "rope_gpt_neox";
    }
}
