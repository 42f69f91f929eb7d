using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>StableLM 2: layer norms with biases, a part of each head turns; the 12B model has parallel blocks and norms of single heads.</summary>
internal sealed class StableLm : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "StableLmForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "stablelm";

    /// <inheritdoc/>
    public override string GgufArchitecture => "stablelm";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.All,
        new(RoleKind.QueryNorm, LlamaNames.Layer + "self_attn.q_layernorm.norms.{index}"),
        new(RoleKind.KeyNorm, LlamaNames.Layer + "self_attn.k_layernorm.norms.{index}"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        HeadDimension = null,
        NormEpsilon = "layer_norm_eps",
        DefaultNormEpsilon = 1e-5,
        DefaultRotaryPart = 0.25,
        DefaultContext = 4096,
        Biases = BiasSites.Norm,
        BiasFields = [new("use_qkv_bias", BiasSites.QueryKeyValue)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormKind = NormKind.Layer,
        HeadNorm = json.OptionalFlag("qk_layernorm") == true ? HeadNorm.PerHead : HeadNorm.None,
        Residual = json.OptionalFlag("use_parallel_residual") == true ? ResidualShape.ParallelOneNorm : ResidualShape.Sequential,
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("qk_layernorm", config.HeadNorm != HeadNorm.None)
        .Set("use_parallel_residual", config.Residual != ResidualShape.Sequential);
}
