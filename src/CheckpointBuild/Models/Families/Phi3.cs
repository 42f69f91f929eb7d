using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Phi 3, 3.5 and 4: queries, keys and values in one matrix, gate and up in another; long contexts by LongRope.</summary>
internal sealed class Phi3 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Phi3ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "phi3";

    /// <inheritdoc/>
    public override string GgufArchitecture => "phi3";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Norms,
        new(LlamaNames.Layer + "self_attn.qkv_proj", [RoleKind.Query, RoleKind.Key, RoleKind.Value]),
        new(RoleKind.AttentionOutput, LlamaNames.Layer + "self_attn.o_proj"),
        new(LlamaNames.Layer + "mlp.gate_up_proj", [RoleKind.Gate, RoleKind.Up]),
        new(RoleKind.Down, LlamaNames.Layer + "mlp.down_proj"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultNormEpsilon = 1e-5,
        DefaultContext = 4096,
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        Window = json.Size("sliding_window", 0),
        WindowLayers = LayerSet.All(common.LayerCount),
        Rope = common.Rope! with { OriginalContextLength = json.OptionalCount("original_max_position_embeddings") ?? common.Rope.OriginalContextLength },
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("original_max_position_embeddings", config.Rope!.OriginalContextLength > 0 ? config.Rope.OriginalContextLength : config.ContextLength)
        .Set("sliding_window", config.Window > 0 ? config.Window : null);
}
