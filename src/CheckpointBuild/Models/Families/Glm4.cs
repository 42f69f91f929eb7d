using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>GLM-4 0414: norms before and behind both blocks, gate and up in one matrix; neighbours of half of each head turn.</summary>
internal sealed class Glm4 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Glm4ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "glm4";

    /// <inheritdoc/>
    public override string GgufArchitecture => "glm4";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Norms, .. LlamaNames.Attention,
        new(RoleKind.AttentionOutputNorm, LlamaNames.Layer + "post_self_attn_layernorm"),
        new(LlamaNames.Layer + "mlp.gate_up_proj", [RoleKind.Gate, RoleKind.Up]),
        new(RoleKind.Down, LlamaNames.Layer + "mlp.down_proj"),
        new(RoleKind.FeedForwardOutputNorm, LlamaNames.Layer + "post_mlp_layernorm"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultHeadDimension = 128,
        DefaultNormEpsilon = 1.5625e-7,
        DefaultRotaryPart = 0.5,
        RopeStyle = RopeStyle.Pairs,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common;
}
