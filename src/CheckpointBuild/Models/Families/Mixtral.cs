using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Mixtral 8x7B and 8x22B: Mistral with a mixture of experts in every layer.</summary>
internal sealed class Mixtral : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "MixtralForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "mixtral";

    /// <inheritdoc/>
    public override string GgufArchitecture => "llama";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Norms, .. LlamaNames.Attention,
        new(RoleKind.Router, LlamaNames.Layer + "block_sparse_moe.gate"),
        new(RoleKind.ExpertGate, LlamaNames.Layer + "block_sparse_moe.experts.{index}.w1"),
        new(RoleKind.ExpertDown, LlamaNames.Layer + "block_sparse_moe.experts.{index}.w2"),
        new(RoleKind.ExpertUp, LlamaNames.Layer + "block_sparse_moe.experts.{index}.w3"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultNormEpsilon = 1e-5,
        DefaultTheta = 1e6,
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        Window = json.Size("sliding_window", 0),
        WindowLayers = LayerSet.All(common.LayerCount),
        Experts = new ExpertConfig
        {
            Count = json.OptionalCount("num_local_experts") ?? 8,
            Used = json.OptionalCount("num_experts_per_tok") ?? 2,
            FeedForwardSize = common.FeedForwardSize,
            Layers = LayerSet.All(common.LayerCount),
            NormalizesWeights = true,
        },
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("num_local_experts", config.Experts!.Count)
        .Set("num_experts_per_tok", config.Experts.Used)
        .Set("sliding_window", config.Window > 0 ? config.Window : null);
}
