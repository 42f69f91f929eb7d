using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Dialects.TensorRtLlm.Smoothing;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>One of the reference's converters: a class of models of the runtime, its configuration and its modules.</summary>
internal abstract partial class Converter
{
    /// <summary>What the runtime calls the class of models.</summary>
    public abstract string Name { get; }

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

    /// <summary>Whether the reference writes an FP8 checkpoint of float weights, with scales of 1 that mean nothing.</summary>
    public virtual bool TakesPlainWeightsForFp8 => false;

    /// <summary>How the converter's own calibration writes; null = it has none.</summary>
    public virtual SmoothStyle? Smoothing => null;

    /// <summary>Whether eight-bit floats with one scale a row are known to the class.</summary>
    public virtual bool HasFloat8Rows => false;

    /// <summary>Whether weight-only matrices that kernels cannot take are padded.</summary>
    public virtual bool PadsWeightOnly => false;

    /// <summary>The configuration.</summary>
    /// <param name="fields">What all converters write.</param>
    /// <returns>The root object.</returns>
    public abstract JsonObject Config(ConverterFields fields);

    /// <summary>What the class makes of the options: some of its choices are its own.</summary>
    /// <param name="options">As asked for.</param>
    /// <param name="config">The model.</param>
    /// <returns>As they hold.</returns>
    public virtual TensorRtLlmOptions Settle(TensorRtLlmOptions options, ModelConfig config) => options;

    /// <summary>Why the reference has no such checkpoint, although one can be written by the rules of all others.</summary>
    /// <param name="fields">What is asked for.</param>
    /// <returns>The reason, or null where it has.</returns>
    public virtual string? ReferenceRefusal(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        return RecordsCalibration && fields.Options.Quantization.IsCalibrated && fields.Config.TiedEmbeddings ? "its calibrated path looks for a head apart from the embedding" : null;
    }

    /// <summary>Why a model of the class cannot be written: the runtime's model would compute something else.</summary>
    /// <param name="fields">What is asked for.</param>
    /// <returns>The reason, or null where it can.</returns>
    public virtual string? Refusal(ConverterFields fields) => null;

    /// <summary>The configuration in Hugging Face's words, as far as the checkpoint has them.</summary>
    /// <param name="config">The checkpoint's configuration.</param>
    /// <returns>The root object of such a file, in its older style.</returns>
    public JsonObject ToHuggingFace(RankConfig config)
    {
        System.ArgumentNullException.ThrowIfNull(config);
        (JsonObject json, ModelFamily family) = (config.Json, config.Family);
        ConfigFields names = family.Fields;
        var result = new JsonObject { ["architectures"] = new JsonArray(family.Architecture), ["model_type"] = family.ModelType };
        Copy(json, "vocab_size", result, "vocab_size");
        Copy(json, "hidden_size", result, names.Hidden);
        Copy(json, "num_hidden_layers", result, names.Layers);
        Copy(json, "num_attention_heads", result, names.Heads);
        Copy(json, "num_key_value_heads", result, names.KeyValueHeads);
        Copy(json, "head_size", result, names.HeadDimension);
        Copy(json, "intermediate_size", result, names.FeedForward);
        Copy(json, "max_position_embeddings", result, names.Context);
        Copy(json, "norm_epsilon", result, names.NormEpsilon);
        Copy(json, "hidden_act", result, names.Activation);
        Copy(json, "rotary_base", result, names.DefaultTheta is null ? null : "rope_theta");
        Copy(json, "rotary_scaling", result, names.DefaultTheta is null ? null : "rope_scaling");
        Copy(json, "tie_word_embeddings", result, "tie_word_embeddings");
        Copy(json, "dtype", result, "torch_dtype");
        foreach (BiasField field in names.BiasFields)
        {
            string own = field.Sites.HasFlag(BiasSites.QueryKeyValue) && json.ContainsKey("attn_bias") ? "attn_bias" : field.Sites.HasFlag(BiasSites.FeedForward) && json.ContainsKey("mlp_bias") ? "mlp_bias" : "bias";
            Copy(json, own, result, field.Name);
        }

        AddOwn(config, result);
        return result;
    }

    /// <summary>Adds what the class alone has to a configuration in Hugging Face's words.</summary>
    /// <param name="config">The checkpoint's configuration.</param>
    /// <param name="result">Receives the fields.</param>
    protected virtual void AddOwn(RankConfig config, JsonObject result)
    {
    }

    /// <summary>Copies a field.</summary>
    /// <param name="from">The checkpoint's configuration.</param>
    /// <param name="name">What it is called there; where it is absent nothing is copied.</param>
    /// <param name="to">Receives it.</param>
    /// <param name="names">What it is called in Hugging Face's words: the first of several; null = it has no name.</param>
    protected static void Copy(JsonObject from, string name, JsonObject to, string? names)
    {
        if (names is not null && from.TryGetPropertyValue(name, out JsonNode? value))
        {
            to[names.Split('|')[0]] = value?.DeepClone();
        }
    }

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
