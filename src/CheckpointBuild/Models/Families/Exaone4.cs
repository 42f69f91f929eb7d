using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>EXAONE 4: norms behind the blocks, each head normed; where some layers see a window, these alone turn.</summary>
internal sealed class Exaone4 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Exaone4ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "exaone4";

    /// <inheritdoc/>
    public override string GgufArchitecture => "exaone4";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Attention, .. LlamaNames.HeadNorms, .. LlamaNames.FeedForward, .. LlamaNames.OutputNorms,
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultNormEpsilon = 1e-5,
    };

    /// <inheritdoc/>
    public override ModelConfig Derive(ModelConfig config) =>
        config with { UnturnedLayers = config.Window > 0 ? LayerSet.Where(config.LayerCount, layer => !config.WindowLayers.Contains(layer)) : LayerSet.None };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common)
    {
        int window = json.Size("sliding_window", 4096);
        int pattern = json.OptionalCount("sliding_window_pattern") ?? 4;
        LayerSet windows = window == 0 ? LayerSet.None : json.WindowLayers(common.LayerCount) ?? LayerSet.Where(common.LayerCount, layer => (layer + 1) % pattern != 0);
        return common with { HeadNorm = HeadNorm.Shared, Window = window, WindowLayers = windows };
    }

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Windows();
}
