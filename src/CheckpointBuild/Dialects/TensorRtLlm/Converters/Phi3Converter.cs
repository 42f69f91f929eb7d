using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Phi 3 and 4: the upward projection above the gate in one matrix.</summary>
internal sealed class Phi3Converter : Converter
{
    /// <inheritdoc/>
    public override string Name => "Phi 3";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["Phi3ForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } =
    [
        .. RankRules.Ends, .. RankRules.Norms, .. RankRules.Attention,
        new(RankRule.Layer + "mlp.fc", [RoleKind.Up, RoleKind.Gate], RankSplit.Rows) { IsLinear = true },
        new(RankRule.Layer + "mlp.proj", RoleKind.Down, RankSplit.Columns) { IsLinear = true },
    ];

    /// <inheritdoc/>
    public override string? ReferenceRefusal(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);

        // The reference's converter neither splits nor quantizes these models and fails on its own check.
        return fields.Options.Grid.TensorParallel > 1 ? "its converter does not split it, and tensor parallelism above 1 fails on shapes"
            : fields.Options.Quantization.Algorithm is { IsWeightOnly: true } ? "its converter does not quantize it, and fails on missing scales"
            : base.ReferenceRefusal(fields);
    }

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        bool isLong = config.Rope is { Scaling: RopeScalingKind.LongRope };
        JsonObject json = fields.AddBase(new() { ["rotary_base"] = fields.RotaryBase(), ["rotary_scaling"] = isLong ? null : fields.RotaryScaling() }, fields.Architecture, "swiglu", PositionOf(config));
        if (isLong)
        {
            json["original_max_position_embeddings"] = config.Rope!.OriginalContextLength;
            json["longrope_scaling_short_factors"] = FactorsOf(fields, "short_factor");
            json["longrope_scaling_long_factors"] = FactorsOf(fields, "long_factor");
        }

        return json;
    }

    private static JsonNode? FactorsOf(ConverterFields fields, string name) => (fields.Source("rope_scaling") ?? fields.Source("rope_parameters"))?[name]?.DeepClone();

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        result["hidden_act"] = "silu";
        if (config.Json["longrope_scaling_short_factors"] is { } shorter && config.Json["longrope_scaling_long_factors"] is { } longer)
        {
            Copy(config.Json, "original_max_position_embeddings", result, "original_max_position_embeddings");
            result["rope_scaling"] = new JsonObject { ["type"] = "longrope", ["short_factor"] = shorter.DeepClone(), ["long_factor"] = longer.DeepClone() };
        }
    }
}
