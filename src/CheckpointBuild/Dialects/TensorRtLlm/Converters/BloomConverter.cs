using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>BLOOM: slopes for positions, and a norm behind the embedding.</summary>
internal sealed class BloomConverter : ScriptConverter
{
    /// <inheritdoc/>
    public override string Name => "BLOOM";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["BloomForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } = [.. RankRules.Ends, new("transformer.ln_embed", RoleKind.EmbeddingNorm), .. RankRules.Norms, .. RankRules.Attention, .. RankRules.Plain];

    /// <inheritdoc/>
    protected override bool StatesEpsilon => true;

    /// <inheritdoc/>
    public override string? Refusal(ConverterFields fields) => fields.Config.Residual == ResidualShape.NormIsResidual ? "the runtime adds what comes before the norm, this model what comes out of it" : base.Refusal(fields);

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        JsonObject json = Start(fields);
        json["logits_dtype"] = "float32";
        json["num_hidden_layers"] = config.LayerCount;
        json["num_attention_heads"] = config.HeadCount;
        json["hidden_size"] = config.HiddenSize;
        json["norm_epsilon"] = fields.Number(config.NormEpsilon, "layer_norm_epsilon");
        json["vocab_size"] = config.VocabularySize;
        json["position_embedding_type"] = "alibi";
        json["hidden_act"] = "gelu";
        json["intermediate_size"] = config.FeedForwardSize;
        return End(json, fields, namesCache: true);
    }
}
