using System;
using System.Collections.Generic;
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

    /// <summary>Writes a field.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The same writer.</returns>
    public ConfigWriter Set(string name, JsonNode? value)
    {
        Root[name] = value;
        return this;
    }

    /// <summary>Writes a whole number.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The same writer.</returns>
    public ConfigWriter Set(string name, long value) => Set(name, JsonValue.Create(value));

    /// <summary>Writes a float as Python does: <c>1e-05</c>, <c>10000.0</c>.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">Its value, finite.</param>
    /// <returns>The same writer.</returns>
    public ConfigWriter SetFloat(string name, double value) => Set(name, Float(value));

    /// <summary>Writes the begin and end tokens, where stated; several end tokens as a list.</summary>
    /// <returns>The same writer.</returns>
    public ConfigWriter Tokens()
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

    /// <summary>Writes <c>rope_parameters</c>.</summary>
    /// <returns>The same writer.</returns>
    public ConfigWriter Rope()
    {
        RopeConfig rope = config.Rope;
        var parameters = new JsonObject();
        if (rope.Scaling != RopeScalingKind.None)
        {
            parameters["factor"] = Float(rope.Factor);
        }

        if (rope.Scaling == RopeScalingKind.Llama3)
        {
            parameters["high_freq_factor"] = Float(rope.HighFrequencyFactor);
            parameters["low_freq_factor"] = Float(rope.LowFrequencyFactor);
        }

        if (rope.Scaling == RopeScalingKind.Yarn)
        {
            parameters["beta_fast"] = Float(rope.BetaFast);
            parameters["beta_slow"] = Float(rope.BetaSlow);
            parameters["attention_factor"] = rope.AttentionFactor is { } attention ? Float(attention) : null;
        }

        if (rope.OriginalContextLength > 0)
        {
            parameters["original_max_position_embeddings"] = rope.OriginalContextLength;
        }

        parameters["rope_theta"] = Float(rope.Theta);
        parameters["rope_type"] = rope.Scaling == RopeScalingKind.None ? "default" : rope.Scaling.ToString().ToLower(CultureInfo.InvariantCulture);
        return Set("rope_parameters", parameters);
    }

    /// <summary>The fields in ordinal order of names, as transformers writes them.</summary>
    /// <returns>The root object.</returns>
    public JsonObject Sorted() => new(Root.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));

    private static JsonNode Float(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return JsonNode.Parse(text.AsSpan().IndexOfAny('.', 'e') < 0 ? text + ".0" : text)!;
    }
}
