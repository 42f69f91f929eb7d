using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Models;

/// <content>The rotary embedding, in both styles: <c>rope_parameters</c> (today's), or <c>rope_theta</c> and <c>rope_scaling</c> (older).</content>
public sealed partial class ConfigReader
{
    private const string FullLayers = "full_attention";

    /// <summary>Reads the rotary embedding of a model that has one for all layers, or that of its layers without a window.</summary>
    /// <param name="fields">The family's defaults.</param>
    /// <param name="headDimension">Dimensions of a head.</param>
    /// <returns>The rotary embedding.</returns>
    public RopeConfig Rope(ConfigFields fields, int headDimension)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        JsonElement stated = RopeElement();
        JsonElement scaling = Object(stated, FullLayers) ?? stated;
        double part = Number(scaling, "partial_rotary_factor") ?? OptionalNumber("partial_rotary_factor") ?? OptionalNumber("rotary_pct") ?? fields.DefaultRotaryPart;
        return Scaled(scaling, new RopeConfig
        {
            Theta = Number(scaling, "rope_theta") ?? OptionalNumber("rope_theta") ?? OptionalNumber("rotary_emb_base") ?? fields.DefaultTheta ?? 10000,
            Dimensions = (int)(headDimension * part),
            Style = fields.RopeStyle,
        });
    }

    /// <summary>Reads the rotary embedding of layers that see a window, where it is stated apart.</summary>
    /// <param name="rope">The embedding of the other layers.</param>
    /// <param name="oldName">The field that holds its base in the older style.</param>
    /// <param name="defaultTheta">The base where none is stated.</param>
    /// <returns>The embedding.</returns>
    public RopeConfig WindowRope(RopeConfig rope, string oldName, double defaultTheta)
    {
        System.ArgumentNullException.ThrowIfNull(rope);
        var plain = new RopeConfig { Theta = OptionalNumber(oldName) ?? defaultTheta, Dimensions = rope.Dimensions, Style = rope.Style };
        return Object(RopeElement(), WindowLayerType) is { } scaling ? Scaled(scaling, plain with { Theta = Number(scaling, "rope_theta") ?? plain.Theta }) : plain;
    }

    private JsonElement RopeElement()
    {
        JsonElement scaling = Field(_root, "rope_parameters") ?? Field(_root, "rope_scaling") ?? default;
        return scaling.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined
            ? scaling
            : throw Errors.ConfigFieldWrong(File, "rope_parameters", Show(scaling), "an object");
    }

    private RopeConfig Scaled(JsonElement scaling, RopeConfig rope)
    {
        string kind = Text(scaling, "rope_type") ?? Text(scaling, "type") ?? "default";
        return kind switch
        {
            "default" => rope,
            "linear" => rope with { Scaling = RopeScalingKind.Linear, Factor = Needed(scaling, "factor") },
            "dynamic" => rope with { Scaling = RopeScalingKind.Dynamic, Factor = Needed(scaling, "factor"), OriginalContextLength = OriginalContext(scaling) },
            "yarn" => rope with
            {
                Scaling = RopeScalingKind.Yarn,
                Factor = Needed(scaling, "factor"),
                OriginalContextLength = OriginalContext(scaling),
                BetaFast = Number(scaling, "beta_fast"),
                BetaSlow = Number(scaling, "beta_slow"),
                RampIsFractional = Field(scaling, "truncate") is { ValueKind: JsonValueKind.False },
                MagnitudeMultiplier = NotZero(Number(scaling, "mscale")),
                MagnitudeDivisor = NotZero(Number(scaling, "mscale_all_dim")),
                AttentionFactor = Number(scaling, "attention_factor"),
            },
            "llama3" => rope with
            {
                Scaling = RopeScalingKind.Llama3,
                Factor = Needed(scaling, "factor"),
                OriginalContextLength = OriginalContext(scaling),
                LowFrequencyFactor = Needed(scaling, "low_freq_factor"),
                HighFrequencyFactor = Needed(scaling, "high_freq_factor"),
            },
            "longrope" or "su" => LongRope(scaling, rope),
            _ => throw Errors.ConfigFieldWrong(File, "rope_type", kind, "one of default, linear, dynamic, yarn, llama3, longrope"),
        };
    }

    private RopeConfig LongRope(JsonElement scaling, RopeConfig rope)
    {
        int original = OriginalContext(scaling);
        return rope with
        {
            Scaling = RopeScalingKind.LongRope,
            OriginalContextLength = original,
            Factor = Number(scaling, "factor") ?? ((double)Count("max_position_embeddings") / original),
            ShortFactors = Factors(scaling, "short_factor", rope.Dimensions / 2),
            LongFactors = Factors(scaling, "long_factor", rope.Dimensions / 2),
            AttentionFactor = Number(scaling, "attention_factor"),
        };
    }

    private ImmutableArray<float> Factors(JsonElement scaling, string name, int count)
    {
        JsonElement list = Field(scaling, name) ?? throw Errors.ConfigFieldMissing(File, name);
        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == count && list.EnumerateArray().All(f => f.ValueKind == JsonValueKind.Number && f.GetSingle() > 0)
            ? [.. list.EnumerateArray().Select(f => f.GetSingle())]
            : throw Errors.ConfigFieldWrong(File, name, Show(list), $"a list of {count} numbers above 0, one for each pair of rotary dimensions");
    }

    private double Needed(JsonElement scaling, string name) => Number(scaling, name) switch
    {
        null => throw Errors.ConfigFieldMissing(File, name),
        > 0 and double number => number,
        { } number => throw Errors.ConfigFieldWrong(File, name, $"{number}", "a number above 0"),
    };

    private int OriginalContext(JsonElement scaling) =>
        (int)(Number(scaling, "original_max_position_embeddings") ?? OptionalNumber("original_max_position_embeddings") ?? OptionalCount("max_position_embeddings")
            ?? throw Errors.ConfigFieldMissing(File, "original_max_position_embeddings"));

    private static double? NotZero(double? number) => number == 0 ? null : number;

    private static JsonElement? Object(JsonElement parent, string name) => Field(parent, name) is { ValueKind: JsonValueKind.Object } value ? value : null;
}
