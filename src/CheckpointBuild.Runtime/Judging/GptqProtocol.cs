namespace CheckpointBuild.Runtime.Judging;

/// <summary>What the GPTQ papers report: every prediction of windows of 2,048 tokens; the text's parts are joined by blank lines before they are tokenized.</summary>
internal sealed class GptqProtocol : PerplexityProtocol
{
    /// <inheritdoc/>
    public override string Name => "gptq";

    /// <inheritdoc/>
    public override int DefaultWindow => 2048;
}
