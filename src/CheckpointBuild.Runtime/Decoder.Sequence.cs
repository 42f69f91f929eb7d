using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace CheckpointBuild.Runtime;

/// <content>
/// LongRope turns all keys by other frequencies once a sequence passes the original context. What was computed before is of no use then: as in the reference, all of it is computed again, and again when the sequence
/// is cut back.
/// </content>
public sealed partial class Decoder
{
    // The tokens of the sequence so far; null where no scaling needs them.
    private readonly List<int>? _seen;
    private bool _isLong;

    // The length of the sequence with the tokens that are about to be computed.
    private int Begin(ReadOnlySpan<int> tokens)
    {
        int length = Position + tokens.Length;
        if (_seen is null)
        {
            return length;
        }

        _seen.RemoveRange(Position, _seen.Count - Position);
        bool isLong = RotaryFrequencies.IsLong(Config.Rope!, length);
        if (isLong != _isLong)
        {
            _isLong = isLong;
            Repeat(CollectionsMarshal.AsSpan(_seen), length);
        }

        _seen.AddRange(tokens);
        return length;
    }

    private void Repeat(ReadOnlySpan<int> tokens, int length)
    {
        for (Position = 0; Position < tokens.Length;)
        {
            Pass(tokens.Slice(Position, Math.Min(PassTokens, tokens.Length - Position)), length);
        }
    }
}
