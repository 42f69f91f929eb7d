using System;
using System.Collections.Generic;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>What the original predicts, window by window; kept for the models after the first, as long as it is not much.</summary>
/// <param name="decoder">The original; owned by the caller.</param>
/// <param name="mostKept">The most logits that are kept; 0 = none.</param>
internal sealed class OriginalPredictions(Decoder decoder, long mostKept)
{
    private readonly Dictionary<int, float[]> _kept = [];
    private readonly int _vocabulary = decoder.Config.VocabularySize;
    private int _length;
    private int _window;
    private int _done;
    private bool _isKept;

    /// <summary>The original.</summary>
    public Decoder Decoder => decoder;

    /// <summary>Begins a window.</summary>
    /// <param name="index">Which window of the text, from 0.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="firstScored">The first position whose prediction is asked for.</param>
    public void Begin(int index, ReadOnlySpan<int> tokens, int firstScored)
    {
        if (tokens.Length != _length)
        {
            _kept.Clear();
            _length = tokens.Length;
        }

        (_window, _done) = (index, 0);
        _isKept = _kept.ContainsKey(index);
        if (_isKept)
        {
            return;
        }

        decoder.Reset();
        if (firstScored > 0)
        {
            decoder.Forward(tokens[..firstScored]);
        }

        long scored = tokens.Length - 1 - firstScored;
        if ((_kept.Count + 1) * scored * _vocabulary <= mostKept)
        {
            _kept.Add(index, new float[scored * _vocabulary]);
        }
    }

    /// <summary>Gives the predictions after the next tokens of the window.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="logits">Receives [tokens, vocabulary].</param>
    public void Next(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        Span<float> place = _kept.TryGetValue(_window, out float[]? kept) ? kept.AsSpan(_done, logits.Length) : default;
        _done += logits.Length;
        if (_isKept)
        {
            place.CopyTo(logits);
            return;
        }

        decoder.ForwardAll(tokens, logits);
        logits.CopyTo(place.IsEmpty ? logits : place);
    }
}
