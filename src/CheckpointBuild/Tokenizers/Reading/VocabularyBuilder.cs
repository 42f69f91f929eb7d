using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Collects a vocabulary from a file that may be damaged or hostile: ids in range, no text and no id twice.</summary>
/// <param name="file">The file, for messages.</param>
internal sealed class VocabularyBuilder(string file)
{
    /// <summary>The highest id that is read: sixteen times the largest vocabulary in use.</summary>
    internal const int MostId = (1 << 22) - 1;

    private readonly List<string?> _tokens = [];
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Checks an id.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="token">The token that it belongs to.</param>
    /// <param name="id">The id.</param>
    /// <returns>The id.</returns>
    /// <exception cref="CheckpointException">CKPT2104 where it is out of range.</exception>
    internal static int Checked(string file, string token, long id) => id is >= 0 and <= MostId ? (int)id : throw Errors.TokenIdOutOfRange(file, token, id, MostId);

    /// <summary>Adds a token.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="id">Its id.</param>
    /// <exception cref="CheckpointException">CKPT2104 or CKPT2105.</exception>
    internal void Add(string text, long id)
    {
        int index = Checked(file, text, id);
        while (_tokens.Count <= index)
        {
            _tokens.Add(null);
        }

        if (_tokens[index] is { } other)
        {
            throw Errors.TokenTwice(file, text, index, $"has the id of '{other}'");
        }

        if (!_texts.Add(text))
        {
            throw Errors.TokenTwice(file, text, index, "stands there twice");
        }

        _tokens[index] = text;
    }

    /// <summary>The vocabulary.</summary>
    /// <returns>Tokens by id.</returns>
    internal ImmutableArray<string?> Build() => [.. _tokens];
}
