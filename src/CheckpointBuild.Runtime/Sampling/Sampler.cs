using System;
using System.Numerics.Tensors;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Runtime.Sampling;

/// <summary>Chooses the next token of one sequence. Takes its memory once; the same logits and seed give the same tokens on every machine.</summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly float[] _logits;
    private readonly double[] _weights;
    private readonly bool[] _seen;
    private readonly CandidateHeap _heap;
    private Xoshiro256 _random;

    /// <summary>Begins a sequence.</summary>
    /// <param name="options">How to choose.</param>
    /// <param name="vocabularySize">How many logits there will be.</param>
    /// <exception cref="CheckpointException">CKPT5013 when an option is out of range.</exception>
    public Sampler(SamplingOptions options, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        _options = options.Validated();
        _logits = new float[vocabularySize];
        _seen = new bool[vocabularySize];
        _weights = new double[options.Temperature == 0 ? 0 : vocabularySize];
        _heap = new CandidateHeap(options.Temperature == 0 ? 0 : vocabularySize);
        _random = new Xoshiro256(options.Seed);
    }

    /// <summary>Says that tokens stand in the sequence, for the repetition penalty.</summary>
    /// <param name="tokens">Ids of the prompt, or what was chosen.</param>
    public void Observe(params ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            _seen[token] = true;
        }
    }

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <returns>Its id; of equal logits the first.</returns>
    /// <exception cref="CheckpointException">CKPT5004 when the largest logit is not a finite number.</exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _logits.Length, nameof(logits));
        logits.CopyTo(_logits);
        Penalize();
        int best = TensorPrimitives.IndexOfMax<float>(_logits);
        if (!float.IsFinite(_logits[best]))
        {
            throw Errors.LogitsNotFinite(best);
        }

        return _options.Temperature == 0 ? best : Draw(_logits[best]);
    }

    private void Penalize()
    {
        if (_options.RepetitionPenalty == 1)
        {
            return;
        }

        for (int id = 0; id < _logits.Length; id++)
        {
            if (_seen[id])
            {
                double logit = _logits[id];
                _logits[id] = (float)(logit > 0 ? logit / _options.RepetitionPenalty : logit * _options.RepetitionPenalty);
            }
        }
    }

    private int Draw(float largest)
    {
        double total = 0;
        for (int id = 0; id < _logits.Length; id++)
        {
            _weights[id] = Exponential.OfNegative((_logits[id] - (double)largest) / _options.Temperature);
            total += _weights[id];
        }

        bool keepsAll = _options is { TopK: 0, TopP: 1, MinP: 0 };
        return keepsAll ? DrawFromAll(total) : DrawFromLargest(total);
    }

    private int DrawFromAll(double total)
    {
        double left = _random.NextDouble() * total;
        int last = 0;
        for (int id = 0; id < _weights.Length; id++)
        {
            if (_weights[id] > 0)
            {
                last = id;
                left -= _weights[id];
                if (left < 0)
                {
                    return id;
                }
            }
        }

        return last;
    }

    // The heap gives candidates from the largest downwards and only as many as are kept.
    private int DrawFromLargest(double total)
    {
        _heap.Fill(_logits);
        if (_options.TopK > 0)
        {
            total = 0;
            for (int i = 0; i < Math.Min(_options.TopK, _logits.Length); i++)
            {
                total += _weights[_heap.TakeNext()];
            }
        }

        int most = _heap.Taken > 0 ? _heap.Taken : _logits.Length;
        int kept = 0;
        double keptTotal = 0;
        while (kept < most && (kept == 0 || (keptTotal < _options.TopP * total && Weight(kept) >= _options.MinP)))
        {
            keptTotal += Weight(kept);
            kept++;
        }

        double left = _random.NextDouble() * keptTotal;
        for (int i = 0; i < kept - 1; i++)
        {
            left -= Weight(i);
            if (left < 0)
            {
                return _heap[i];
            }
        }

        return _heap[kept - 1];
    }

    private double Weight(int rank)
    {
        while (_heap.Taken <= rank)
        {
            _heap.TakeNext();
        }

        return _weights[_heap[rank]];
    }
}
