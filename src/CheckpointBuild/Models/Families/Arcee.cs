using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Arcee's foundation models (AFM): a Llama without a gate, whose feed-forward block squares its ReLU.</summary>
internal sealed class Arcee : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "ArceeForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "arcee";

    /// <inheritdoc/>
    public override string GgufArchitecture => "arcee";

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
        DefaultActivation = Activation.ReluSquared,
        DefaultContext = 4096,
        DefaultNormEpsilon = 1e-5,
        BiasFields =
        [
            new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput),
            new("mlp_bias", BiasSites.FeedForward),
        ],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common;
}
