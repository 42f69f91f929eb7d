using System;
using System.Threading;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>Judges by the managed decoder, in windows of the default protocol. Results do not depend on threads.</summary>
internal sealed class DecoderJudge : ModelJudge
{
    // Where only few tokens may be used, predictions still need something before them.
    private const int ShortestWindow = 64;

    // 128 MB: the short texts of many measurements of one model.
    private const long MostKeptLogits = 32 << 20;

    private readonly Decoder _original;
    private readonly OriginalPredictions _predictions;
    private readonly ReadOnlyMemory<int> _ids;
    private readonly DecoderOptions _options;

    /// <summary>Loads the original.</summary>
    /// <param name="original">What is true.</param>
    /// <param name="ids">The text.</param>
    /// <param name="options">Threads.</param>
    /// <param name="cancellation">Looked at between matrices.</param>
    public DecoderJudge(Checkpoint original, ReadOnlyMemory<int> ids, DecoderOptions options, CancellationToken cancellation)
    {
        _original = Decoder.Load(original, options, cancellation);
        _predictions = new OriginalPredictions(_original, MostKeptLogits);
        _ids = ids;
        _options = options;
    }

    /// <inheritdoc/>
    public override ComparisonResult Compare(Checkpoint other, long mostTokens, CancellationToken cancellation)
    {
        using Decoder decoder = Decoder.Load(other, _options, cancellation);
        PerplexityProtocol protocol = PerplexityProtocol.All[0];
        int longest = Math.Min(protocol.DefaultWindow, Math.Min(_original.ContextLength, decoder.ContextLength));
        int window = (int)Math.Clamp(mostTokens, Math.Min(ShortestWindow, longest), longest);
        int most = (int)Math.Min(_ids.Length, Math.Max(mostTokens, window));
        return ModelComparison.Measure(_predictions, decoder, _ids.Span[..most], protocol, window, cancellation);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _original.Dispose();
}
