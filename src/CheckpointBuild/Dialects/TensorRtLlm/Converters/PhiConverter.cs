using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Phi 1 and 2: one norm before parallel blocks, biases everywhere, a part of each head turned.</summary>
internal sealed class PhiConverter : Converter
{
    private const double Epsilon = 1e-5;

    /// <inheritdoc/>
    public override string Name => "Phi";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["PhiForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } = [.. RankRules.Ends, .. RankRules.Attention, .. RankRules.Plain, new(RankRule.Layer + "input_layernorm", RoleKind.AttentionNorm)];

    /// <inheritdoc/>
    public override string? Refusal(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        return fields.Config.HeadNorm != HeadNorm.None ? "its heads are normed, the runtime's are not"
            : fields.Config.NormEpsilon != Epsilon ? "its norms have another epsilon than 1e-5, which the runtime takes"
            : null;
    }

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        JsonObject json = fields.AddBase(new() { ["rotary_base"] = fields.RotaryBase(), ["rotary_scaling"] = fields.RotaryScaling() }, fields.Architecture, fields.HiddenAct(), "rope_gpt_neox");
        json["rotary_pct"] = (double)config.Rope!.Dimensions / config.HeadDimension;
        return json;
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        Copy(config.Json, "rotary_pct", result, "partial_rotary_factor");
        result["tie_word_embeddings"] = false;
    }
}
