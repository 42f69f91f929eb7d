using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers;

/// <summary>The algorithm's tokens by text.</summary>
internal sealed class Vocabulary
{
    /// <summary>No such token.</summary>
    internal const int None = -1;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <summary>Makes the index.</summary>
    /// <param name="tokens">The tokens by id; of equal texts the last is found.</param>
    internal Vocabulary(ImmutableArray<string?> tokens)
    {
        Tokens = tokens;
        _ids = new(tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Length; id++)
        {
            if (tokens[id] is { } text)
            {
                _ids[text] = id;
            }
        }

        _bySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The tokens by id.</summary>
    internal ImmutableArray<string?> Tokens { get; }

    /// <summary>Finds a token.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>Its id, or <see cref="None"/>.</returns>
    internal int IdOf(ReadOnlySpan<char> text) => _bySpan.TryGetValue(text, out int id) ? id : None;
}
