using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Qwen 2 and 2.5: a Llama with biases on queries, keys and values; later layers may see a window.</summary>
internal sealed class Qwen2 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Qwen2ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "qwen2";

    /// <inheritdoc/>
    public override string GgufArchitecture => "qwen2";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names => LlamaNames.All;

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        Biases = BiasSites.QueryKeyValue,
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => QwenWindows.Read(json, common);

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => QwenWindows.Write(json, config);
}
