using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>GPT-J: one norm before parallel blocks, and a bias behind the downward projection that the first rank alone has.</summary>
internal sealed class GptJConverter : Converter
{
    /// <inheritdoc/>
    public override string Name => "GPT-J";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["GPTJForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } =
    [
        .. RankRules.Ends, .. RankRules.Attention,
        new(RankRule.Layer + "input_layernorm", RoleKind.AttentionNorm),
        new(RankRule.Layer + "mlp.fc", RoleKind.Up, RankSplit.Rows) { IsLinear = true },
        new(RankRule.Layer + "mlp.proj", RoleKind.Down, RankSplit.Columns) { IsLinear = true, FirstRankHasBias = true },
    ];

    /// <inheritdoc/>
    public override string? Refusal(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        return fields.Config.FeedForwardSize != 4 * fields.Config.HiddenSize ? $"its feed-forward block has {fields.Config.FeedForwardSize} rows, and the runtime takes {4 * fields.Config.HiddenSize}" : null;
    }

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        JsonObject json = fields.AddBase(new() { ["rotary_dim"] = fields.Config.Rope!.Dimensions }, fields.Architecture, "gelu", "rope_gptj");
        json["rotary_embedding_dim"] = fields.Config.HeadDimension;
        return json;
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        Copy(config.Json, "rotary_dim", result, "rotary_dim");

        // What the runtime calls gelu is its approximation.
        result["activation_function"] = "gelu_new";
        result["tie_word_embeddings"] = false;
    }
}
