using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;

namespace CheckpointBuild.Models.Families;

/// <summary>SmolLM 3: a Llama that leaves the rotation out in some layers; these alone may see a window.</summary>
internal sealed class SmolLM3 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "SmolLM3ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "smollm3";

    /// <inheritdoc/>
    public override string GgufArchitecture => "smollm3";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names => LlamaNames.All;

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        TiedByDefault = true,
        DefaultTheta = 2e6,
        BiasFields =
        [
            new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput),
            new("mlp_bias", BiasSites.FeedForward),
        ],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common)
    {
        int interval = json.OptionalCount("no_rope_layer_interval") ?? 4;
        LayerSet unturned = json.LayersWithZero("no_rope_layers", common.LayerCount) ?? LayerSet.Where(common.LayerCount, layer => (layer + 1) % interval == 0);
        return common with
        {
            UnturnedLayers = unturned,
            Window = json.OptionalFlag("use_sliding_window") == true ? json.Size("sliding_window", 0) : 0,
            WindowLayers = json.WindowLayers(common.LayerCount) ?? unturned,
        };
    }

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("no_rope_layers", new JsonArray([.. Enumerable.Range(0, config.LayerCount).Select(layer => (JsonNode?)(config.UnturnedLayers.Contains(layer) ? 0 : 1))]))
        .Set("use_sliding_window", config.Window > 0)
        .Windows();
}
