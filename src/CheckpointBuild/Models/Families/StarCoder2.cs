using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>StarCoder 2: layer norms and biases throughout, no gate; every layer may see a window.</summary>
internal sealed class StarCoder2 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Starcoder2ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "starcoder2";

    /// <inheritdoc/>
    public override string GgufArchitecture => "starcoder2";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Norms, .. LlamaNames.Attention,
        new(RoleKind.Up, LlamaNames.Layer + "mlp.c_fc"),
        new(RoleKind.Down, LlamaNames.Layer + "mlp.c_proj"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        HeadDimension = null,
        NormEpsilon = "norm_epsilon",
        DefaultNormEpsilon = 1e-5,
        DefaultActivation = Activation.GeluTanh,
        DefaultContext = 4096,
        TiedByDefault = true,
        Biases = BiasSites.Norm,
        BiasFields = [new("use_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward, Default: true)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with { NormKind = NormKind.Layer, Window = json.Size("sliding_window", 0), WindowLayers = LayerSet.All(common.LayerCount) };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Set("sliding_window", config.Window > 0 ? config.Window : null);
}
