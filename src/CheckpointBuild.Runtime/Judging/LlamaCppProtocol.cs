using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>What llama-perplexity does: where the text begins with the begin token, so does each window, in the place of its own first token; only predictions of the second half count, which have at least half a window before them.</summary>
internal sealed class LlamaCppProtocol : PerplexityProtocol
{
    /// <inheritdoc/>
    public override string Name => "llama.cpp";

    /// <inheritdoc/>
    public override int DefaultWindow => 512;

    /// <inheritdoc/>
    public override int FirstScored(int window) => window / 2;

    /// <inheritdoc/>
    public override int? FirstToken(ModelConfig config, int first) => config.BeginToken == first ? first : null;
}
