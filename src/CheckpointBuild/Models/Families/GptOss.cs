using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>gpt-oss: a sink in each head's softmax, experts with a clamped gate in every layer, stored [experts, in, out] with gate and up in turns; every other layer sees a window.</summary>
internal sealed class GptOss : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "GptOssForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "gpt_oss";

    /// <inheritdoc/>
    public override string GgufArchitecture => "gpt-oss";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Norms, .. LlamaNames.Attention,
        new(RoleKind.Sinks, LlamaNames.Layer + "self_attn.sinks") { WeightSuffix = "" },
        new(RoleKind.Router, LlamaNames.Layer + "mlp.router"),
        new(LlamaNames.Layer + "mlp.experts.gate_up_proj", [RoleKind.ExpertGate, RoleKind.ExpertUp])
        {
            Layout = new TensorLayout { Groups = c => c.Experts!.FeedForwardSize, IsInOut = true, IsStacked = true },
            WeightSuffix = "",
            BiasSuffix = "_bias",
        },
        new(RoleKind.ExpertDown, LlamaNames.Layer + "mlp.experts.down_proj") { Layout = new TensorLayout { IsInOut = true, IsStacked = true }, WeightSuffix = "", BiasSuffix = "_bias" },
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultHeadDimension = 64,
        DefaultNormEpsilon = 1e-5,
        DefaultContext = 131072,
        DefaultTheta = 150000,
        Activation = null,
        DefaultActivation = Activation.ClampedSwish,
        Biases = BiasSites.FeedForward | BiasSites.Router,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput, Default: true)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        GateLimit = json.OptionalNumber("swiglu_limit") ?? 7,
        Window = json.Size("sliding_window", 128),
        WindowLayers = json.WindowLayers(common.LayerCount) ?? LayerSet.Where(common.LayerCount, layer => layer % 2 == 0),
        Experts = new ExpertConfig
        {
            Count = json.OptionalCount("num_local_experts") ?? 128,
            Used = json.OptionalCount("num_experts_per_tok|experts_per_token") ?? 4,
            FeedForwardSize = common.FeedForwardSize,
            Layers = LayerSet.All(common.LayerCount),
            Scoring = ExpertScoring.SoftmaxOfChosen,
        },
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .SetFloat("swiglu_limit", config.GateLimit)
        .Set("num_local_experts", config.Experts!.Count)
        .Set("num_experts_per_tok", config.Experts.Used)
        .Windows();
}
