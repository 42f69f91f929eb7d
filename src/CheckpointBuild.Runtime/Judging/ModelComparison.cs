using System;
using System.Collections.Generic;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>Holds one model's predictions of a text against another's: how far a quantized model is from the one it was made of.</summary>
public static class ModelComparison
{
    private const int MostLogits = 2 << 20;

    /// <summary>Runs both models over a text.</summary>
    /// <param name="original">What is true.</param>
    /// <param name="other">What is judged.</param>
    /// <param name="ids">The text.</param>
    /// <param name="protocol">How it is cut and scored.</param>
    /// <param name="window">Tokens of a window; 0 = the protocol's own, or the shorter context.</param>
    /// <param name="cancellation">Looked at every few tokens.</param>
    /// <returns>The result.</returns>
    /// <exception cref="CheckpointException">CKPT5070 when the vocabularies differ, CKPT5007 when the text is shorter than a window, CKPT5012 when a context is, CKPT5001 when an id is none of the models', CKPT5014 when the original's perplexity is no number.</exception>
    public static ComparisonResult Measure(Decoder original, Decoder other, ReadOnlySpan<int> ids, PerplexityProtocol protocol, int window = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(protocol);
        return Measure(new OriginalPredictions(original, 0), other, ids, protocol, window, cancellation);
    }

    /// <summary>Runs a model over a text whose predictions by the original may be known already.</summary>
    /// <param name="predictions">What is true.</param>
    /// <param name="other">What is judged.</param>
    /// <param name="ids">The text.</param>
    /// <param name="protocol">How it is cut and scored.</param>
    /// <param name="window">Tokens of a window; 0 = the protocol's own, or the shorter context.</param>
    /// <param name="cancellation">Looked at every few tokens.</param>
    /// <returns>The result.</returns>
    internal static ComparisonResult Measure(OriginalPredictions predictions, Decoder other, ReadOnlySpan<int> ids, PerplexityProtocol protocol, int window, CancellationToken cancellation)
    {
        Decoder original = predictions.Decoder;
        if (original.Config.VocabularySize != other.Config.VocabularySize)
        {
            throw Errors.VocabulariesDiffer(original.Config.VocabularySize, other.Config.VocabularySize);
        }

        int context = Math.Min(original.ContextLength, other.ContextLength);
        int length = window == 0 ? Math.Min(protocol.DefaultWindow, context) : window;
        if (length < protocol.ShortestWindow || length > context)
        {
            throw Errors.WindowTooLong(length, context, protocol.ShortestWindow);
        }

        int windows = ids.Length / length;
        if (windows == 0)
        {
            throw Errors.TooFewTokens(ids.Length, length);
        }

        var scores = new Scores(predictions, other, Math.Clamp(MostLogits / original.Config.VocabularySize, 1, length));
        int[] tokens = new int[length];
        for (int i = 0; i < windows; i++)
        {
            ids.Slice(i * length, length).CopyTo(tokens);
            tokens[0] = protocol.FirstToken(original.Config, ids[0]) ?? tokens[0];
            scores.Add(i, tokens, protocol.FirstScored(length), cancellation);
        }

        ComparisonResult result = scores.Result(protocol.Name, length, windows);
        return double.IsFinite(result.OriginalPerplexity) ? result : throw Errors.PerplexityNotFinite("the original");
    }

    /// <summary>The sums over all windows.</summary>
    /// <param name="original">What is true.</param>
    /// <param name="other">What is judged.</param>
    /// <param name="chunk">Tokens whose logits are held at once.</param>
    private sealed class Scores(OriginalPredictions original, Decoder other, int chunk)
    {
        private readonly int _vocabulary = other.Config.VocabularySize;
        private readonly float[] _originalLogits = new float[chunk * other.Config.VocabularySize];
        private readonly float[] _otherLogits = new float[chunk * other.Config.VocabularySize];
        private readonly List<double> _divergences = [];
        private double _originalNats;
        private double _otherNats;
        private long _sameTop;

        public void Add(int index, ReadOnlySpan<int> tokens, int firstScored, CancellationToken cancellation)
        {
            original.Begin(index, tokens, firstScored);
            other.Reset();
            if (firstScored > 0)
            {
                other.Forward(tokens[..firstScored]);
            }

            // The last token has nothing to predict.
            for (int first = firstScored; first < tokens.Length - 1; first += chunk)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(chunk, tokens.Length - 1 - first);
                Span<float> left = _originalLogits.AsSpan(0, count * _vocabulary), right = _otherLogits.AsSpan(0, count * _vocabulary);
                original.Next(tokens.Slice(first, count), left);
                other.ForwardAll(tokens.Slice(first, count), right);
                for (int i = 0; i < count; i++)
                {
                    Add(left.Slice(i * _vocabulary, _vocabulary), right.Slice(i * _vocabulary, _vocabulary), tokens[first + i + 1]);
                }
            }
        }

        public ComparisonResult Result(string protocol, int window, int windows)
        {
            double sum = 0;
            foreach (double divergence in _divergences)
            {
                sum += divergence;
            }

            _divergences.Sort();
            int count = _divergences.Count;
            return new ComparisonResult(protocol, window, windows, count)
            {
                OriginalPerplexity = Math.Exp(_originalNats / count),
                OtherPerplexity = Math.Exp(_otherNats / count),
                MeanDivergence = sum / count,
                HighDivergence = _divergences[(int)Math.Min(count - 1, Math.Ceiling(count * 0.999) - 1)],
                LargestDivergence = _divergences[^1],
                SameTop = (double)_sameTop / count,
            };
        }

        private void Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int token)
        {
            (double leftSum, int leftTop) = Normalizer(left, token);
            (double rightSum, int rightTop) = Normalizer(right, token);
            double divergence = 0;
            for (int i = 0; i < left.Length; i++)
            {
                double logLeft = left[i] - leftSum, logRight = right[i] - rightSum;
                divergence += Math.Exp(logLeft) * (logLeft - logRight);
            }

            _divergences.Add(Math.Max(0, divergence));
            _originalNats += leftSum - left[token];
            _otherNats += rightSum - right[token];
            _sameTop += leftTop == rightTop ? 1 : 0;
        }

        // ln of the sum of exponentials, and the place of the largest.
        private static (double LogSum, int Top) Normalizer(ReadOnlySpan<float> logits, int token)
        {
            int top = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);
            float largest = logits[top];
            if (!float.IsFinite(largest) || !float.IsFinite(System.Numerics.Tensors.TensorPrimitives.Min(logits)))
            {
                throw Errors.LogitsNotFinite(token);
            }

            double sum = 0;
            foreach (float logit in logits)
            {
                sum += Math.Exp((double)logit - largest);
            }

            return (Math.Log(sum) + largest, top);
        }
    }
}
