using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>What llama-perplexity does: the first token of each window is replaced by the begin token, and only predictions of the second half count, which have at least half a window before them.</summary>
internal sealed class LlamaCppProtocol : PerplexityProtocol
{
    /// <inheritdoc/>
    public override string Name => "llama.cpp";

    /// <inheritdoc/>
    public override int DefaultWindow => 512;

    /// <inheritdoc/>
    public override int FirstScored(int window) => window / 2;

    /// <inheritdoc/>
    public override int? FirstToken(ModelConfig config) => config.BeginToken;
}
