using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Mistral 7B and its kin: a Llama without biases, every layer of which may see a window.</summary>
internal sealed class Mistral : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "MistralForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "mistral";

    /// <inheritdoc/>
    public override string GgufArchitecture => "llama";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names => LlamaNames.All;

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new();

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with { Window = json.Size("sliding_window", 4096), WindowLayers = LayerSet.All(common.LayerCount) };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Set("sliding_window", config.Window > 0 ? config.Window : null);
}
