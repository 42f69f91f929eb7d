using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Nemotron 3 and 4: layer norms that hold their difference from 1, no gate, squared ReLU; half of each head turns.</summary>
internal sealed class Nemotron : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "NemotronForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "nemotron";

    /// <inheritdoc/>
    public override string GgufArchitecture => "nemotron";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Norms, .. LlamaNames.Attention,
        new(RoleKind.Up, LlamaNames.Layer + "mlp.up_proj"),
        new(RoleKind.Down, LlamaNames.Layer + "mlp.down_proj"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        NormEpsilon = "norm_eps",
        DefaultNormEpsilon = 1e-5,
        DefaultActivation = Activation.ReluSquared,
        DefaultRotaryPart = 0.5,
        DefaultContext = 4096,
        Biases = BiasSites.Norm,
        BiasFields =
        [
            new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput),
            new("mlp_bias", BiasSites.FeedForward),
        ],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with { NormKind = NormKind.Layer, NormOffset = 1 };
}
