using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Models;

/// <content>The rotary embedding, in both styles: <c>rope_parameters</c> (today's), or <c>rope_theta</c> and <c>rope_scaling</c> (older).</content>
public sealed partial class ConfigReader
{
    /// <summary>Reads the rotary embedding.</summary>
    /// <param name="dimensions">How many of a head's dimensions turn.</param>
    /// <param name="defaultTheta">The base where none is stated.</param>
    /// <returns>The rotary embedding.</returns>
    public RopeConfig Rope(int dimensions, double defaultTheta)
    {
        JsonElement scaling = Field(_root, "rope_parameters") ?? Field(_root, "rope_scaling") ?? default;
        if (scaling.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            throw Errors.ConfigFieldWrong(File, "rope_parameters", Show(scaling), "an object");
        }

        string kind = Text(scaling, "rope_type") ?? Text(scaling, "type") ?? "default";
        var rope = new RopeConfig
        {
            Theta = Number(scaling, "rope_theta") ?? OptionalNumber("rope_theta") ?? defaultTheta,
            Dimensions = dimensions,
        };
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
                BetaFast = Number(scaling, "beta_fast") ?? 32,
                BetaSlow = Number(scaling, "beta_slow") ?? 1,
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
            _ => throw Errors.ConfigFieldWrong(File, "rope_type", kind, "one of default, linear, dynamic, yarn, llama3"),
        };
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
}
