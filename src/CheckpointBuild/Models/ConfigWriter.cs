using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;

namespace CheckpointBuild.Models;

/// <summary>Writes fields of a Hugging Face <c>config.json</c> in today's style.</summary>
/// <param name="family">Whose configuration it is.</param>
/// <param name="config">The numbers.</param>
public sealed class ConfigWriter(ModelFamily family, ModelConfig config)
{
    /// <summary>What has been written so far; the architecture stands first.</summary>
    public JsonObject Root { get; } = new() { ["architectures"] = new JsonArray(family.Architecture), ["model_type"] = family.ModelType };

    /// <summary>Writes what all configurations have.</summary>
    /// <param name="fields">The family's names.</param>
    /// <returns>The same writer.</returns>
    public ConfigWriter Common(ConfigFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Set(fields.Hidden, config.HiddenSize);
        Set(fields.Layers, config.LayerCount);
        Set(fields.Heads, config.HeadCount);
        SetNamed(fields.KeyValueHeads, config.KeyValueHeadCount);
        SetNamed(fields.HeadDimension, config.HeadDimension);
        SetNamed(fields.FeedForward, config.FeedForwardSize);
        SetNamed(fields.Context, config.ContextLength);
        SetNamed(fields.Activation, NameOf(config.Activation));
        Set("vocab_size", config.VocabularySize);
        SetNamed(fields.NormEpsilon, Float(config.NormEpsilon));
        Set("tie_word_embeddings", config.TiedEmbeddings);
        foreach (BiasField field in fields.BiasFields)
        {
            Set(field.Name, field.HoldsIn(config));
        }

        if (config.Rope is { } rope)
        {
            Set("rope_parameters", Rope(rope));
        }

        return Tokens();
    }

    /// <summary>Writes a field.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The same writer.</returns>
    public ConfigWriter Set(string name, JsonNode? value)
    {
        Root[name.Split('|')[0]] = value;
        return this;
    }

    /// <summary>Writes a whole number.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The same writer.</returns>
    public ConfigWriter Set(string name, long value) => Set(name, JsonValue.Create(value));

    /// <summary>Writes a float as Python does: <c>1e-05</c>, <c>10000.0</c>.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">Its value, finite, or null.</param>
    /// <returns>The same writer.</returns>
    public ConfigWriter SetFloat(string name, double? value) => Set(name, value is { } number ? Float(number) : null);

    /// <summary>Writes the window, and which layers see it.</summary>
    /// <returns>The same writer.</returns>
    public ConfigWriter Windows() => Set("sliding_window", config.Window > 0 ? config.Window : null).Set("layer_types", new JsonArray(
        [.. Enumerable.Range(0, config.LayerCount).Select(layer => (JsonNode?)(config.WindowLayers.Contains(layer) ? "sliding_attention" : "full_attention"))]));

    /// <summary>Writes which layers have experts.</summary>
    /// <returns>The same writer.</returns>
    public ConfigWriter SparseLayers() => Set("decoder_sparse_step", 1).Set("mlp_only_layers", new JsonArray(
        [.. Enumerable.Range(0, config.LayerCount).Where(layer => config.Experts?.Layers.Contains(layer) != true).Select(layer => (JsonNode?)layer)]));

    /// <summary>What <c>rope_parameters</c> holds for a rotary embedding.</summary>
    /// <param name="rope">The embedding.</param>
    /// <returns>An object.</returns>
    public JsonObject Rope(RopeConfig rope)
    {
        ArgumentNullException.ThrowIfNull(rope);
        var json = new JsonObject { ["rope_theta"] = Float(rope.Theta), ["rope_type"] = rope.Scaling == RopeScalingKind.None ? "default" : rope.Scaling.ToString().ToLower(CultureInfo.InvariantCulture) };
        double part = (double)rope.Dimensions / config.HeadDimension;
        Add("partial_rotary_factor", Float(part), part < 1 && config.Latent is null);
        Add("factor", Float(rope.Factor), rope.Scaling is not RopeScalingKind.None and not RopeScalingKind.LongRope);
        Add("original_max_position_embeddings", rope.OriginalContextLength, rope.OriginalContextLength > 0);
        Add("high_freq_factor", Float(rope.HighFrequencyFactor), rope.Scaling == RopeScalingKind.Llama3);
        Add("low_freq_factor", Float(rope.LowFrequencyFactor), rope.Scaling == RopeScalingKind.Llama3);
        Add("beta_fast", Float(rope.BetaFast ?? 0), rope.BetaFast is not null);
        Add("beta_slow", Float(rope.BetaSlow ?? 0), rope.BetaSlow is not null);
        Add("truncate", false, rope.RampIsFractional);
        Add("mscale", Float(rope.MagnitudeMultiplier ?? 0), rope.MagnitudeMultiplier is not null);
        Add("mscale_all_dim", Float(rope.MagnitudeDivisor ?? 0), rope.MagnitudeDivisor is not null);
        Add("attention_factor", Float(rope.AttentionFactor ?? 0), rope.AttentionFactor is not null);
        Add("long_factor", List(rope.LongFactors), rope.Scaling == RopeScalingKind.LongRope);
        Add("short_factor", List(rope.ShortFactors), rope.Scaling == RopeScalingKind.LongRope);
        return Sorted(json);

        void Add(string name, JsonNode value, bool stated)
        {
            if (stated)
            {
                json[name] = value;
            }
        }
    }

    /// <summary>The fields in ordinal order of names, as transformers writes them.</summary>
    /// <returns>The root object.</returns>
    public JsonObject Sorted() => Sorted(Root);

    // The begin and end tokens, where stated; several end tokens as a list.
    private ConfigWriter Tokens()
    {
        if (config.BeginToken is int begin)
        {
            Root["bos_token_id"] = begin;
        }

        if (config.EndTokens is [int end])
        {
            Root["eos_token_id"] = end;
        }
        else if (!config.EndTokens.IsEmpty)
        {
            Root["eos_token_id"] = new JsonArray([.. config.EndTokens.Select(token => (JsonNode?)token)]);
        }

        return this;
    }

    private void SetNamed(string? name, JsonNode value)
    {
        if (name is not null)
        {
            Set(name, value);
        }
    }

    private static string NameOf(Activation activation) => activation switch
    {
        Activation.Gelu => "gelu",
        Activation.GeluTanh => "gelu_pytorch_tanh",
        Activation.Relu => "relu",
        Activation.ReluSquared => "relu2",
        _ => "silu",
    };

    private static JsonObject Sorted(JsonObject json) => new(json.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));

    private static JsonArray List(ImmutableArray<float> numbers) => new([.. numbers.Select(n => (JsonNode?)Float(double.Parse(n.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)))]);

    private static JsonNode Float(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return JsonNode.Parse(text.AsSpan().IndexOfAny('.', 'e') < 0 ? text + ".0" : text)!;
    }
}
