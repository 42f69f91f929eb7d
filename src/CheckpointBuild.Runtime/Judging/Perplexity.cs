using System;
using System.Threading;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>Measures perplexity. Logits are held for a few tokens at a time, whatever the window and the vocabulary.</summary>
public static class Perplexity
{
    private const int MostLogits = 4 << 20;

    /// <summary>Measures how well a model predicts a text.</summary>
    /// <param name="decoder">The model; its sequence is replaced.</param>
    /// <param name="ids">The text.</param>
    /// <param name="protocol">How it is cut and scored.</param>
    /// <param name="window">Tokens of a window; 0 = the protocol's own, or the model's context where that is shorter.</param>
    /// <param name="cancellation">Looked at every few tokens.</param>
    /// <returns>The result.</returns>
    /// <exception cref="CheckpointException">CKPT5007 when the text is shorter than a window, CKPT5012 when the context is; CKPT5001 when an id is none of the model's, CKPT5014 when the perplexity is no number.</exception>
    public static PerplexityResult Measure(Decoder decoder, ReadOnlySpan<int> ids, PerplexityProtocol protocol, int window = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(protocol);
        int length = window == 0 ? Math.Min(protocol.DefaultWindow, decoder.ContextLength) : window;
        if (length < protocol.ShortestWindow || length > decoder.ContextLength)
        {
            throw Errors.WindowTooLong(length, decoder.ContextLength, protocol.ShortestWindow);
        }

        int windows = ids.Length / length;
        if (windows == 0)
        {
            throw Errors.TooFewTokens(ids.Length, length);
        }

        int vocabulary = decoder.Config.VocabularySize;
        var scoring = new Scoring(decoder, protocol.FirstScored(length), Math.Clamp(MostLogits / vocabulary, 1, length));
        int[] tokens = new int[length];
        for (int i = 0; i < windows; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ids.Slice(i * length, length).CopyTo(tokens);
            tokens[0] = protocol.FirstToken(decoder.Config, ids[0]) ?? tokens[0];
            scoring.Add(tokens, cancellation);
        }

        var result = new PerplexityResult(protocol.Name, length, windows, scoring.Count, scoring.Mean, scoring.StandardError);
        return double.IsFinite(result.PerplexityError) && double.IsFinite(result.Perplexity) ? result : throw Errors.PerplexityNotFinite("the model");
    }

    /// <summary>The sums over all windows.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="firstScored">The first position of a window whose prediction counts.</param>
    /// <param name="chunk">Tokens whose logits are held at once.</param>
    private sealed class Scoring(Decoder decoder, int firstScored, int chunk)
    {
        private readonly int _vocabulary = decoder.Config.VocabularySize;
        private readonly float[] _logits = new float[chunk * decoder.Config.VocabularySize];
        private double _sum;
        private double _sumOfSquares;

        public long Count { get; private set; }

        public double Mean => _sum / Count;

        public double StandardError => Count > 1 ? Math.Sqrt(Math.Max(0, (_sumOfSquares / Count) - (Mean * Mean)) / (Count - 1)) : 0;

        public void Add(ReadOnlySpan<int> tokens, CancellationToken cancellation)
        {
            decoder.Reset();
            for (int first = 0; first < firstScored; first += chunk)
            {
                cancellation.ThrowIfCancellationRequested();
                decoder.Forward(tokens[first..Math.Min(firstScored, first + chunk)]);
            }

            // The last token has nothing to predict.
            for (int first = firstScored; first < tokens.Length - 1; first += chunk)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(chunk, tokens.Length - 1 - first);
                Span<float> logits = _logits.AsSpan(0, count * _vocabulary);
                decoder.ForwardAll(tokens.Slice(first, count), logits);
                for (int i = 0; i < count; i++)
                {
                    double nats = LogLikelihood.NegativeOf(logits.Slice(i * _vocabulary, _vocabulary), tokens[first + i + 1]);
                    _sum += nats;
                    _sumOfSquares += nats * nats;
                }

                Count += count;
            }
        }
    }
}
