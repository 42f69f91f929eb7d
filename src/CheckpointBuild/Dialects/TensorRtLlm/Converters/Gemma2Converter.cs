using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Gemma 2: the blocks' results are normed too, and scores and logits are capped.</summary>
internal sealed class Gemma2Converter : GemmaConverter
{
    private static readonly string[] OwnFields = ["query_pre_attn_scalar", "final_logit_softcapping", "attn_logit_softcapping"];

    /// <inheritdoc/>
    public override string Name => "Gemma 2";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["Gemma2ForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } =
    [
        .. RankRules.Ends, .. RankRules.Attention, .. RankRules.Gated,
        new(RankRule.Layer + "input_layernorm", RoleKind.AttentionNorm) { AddsOffset = true },
        new(RankRule.Layer + "post_layernorm", RoleKind.AttentionOutputNorm) { AddsOffset = true },
        new(RankRule.Layer + "pre_feedforward_layernorm", RoleKind.FeedForwardNorm) { AddsOffset = true },
        new(RankRule.Layer + "post_feedforward_layernorm", RoleKind.FeedForwardOutputNorm) { AddsOffset = true },
    ];

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        JsonObject json = base.Config(fields);
        json["inter_layernorms"] = true;
        foreach (string name in OwnFields.Where(n => fields.Source(n) is not null))
        {
            json[name] = fields.Source(name)!.DeepClone();
        }

        return json;
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        foreach (string name in OwnFields)
        {
            Copy(config.Json, name, result, name);
        }
    }
}
