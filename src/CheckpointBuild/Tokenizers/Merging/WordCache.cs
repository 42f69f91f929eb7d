using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;

namespace CheckpointBuild.Tokenizers.Merging;

/// <summary>Remembers the ids of short pieces. Bounded: once full it only answers. Safe for several threads.</summary>
internal sealed class WordCache
{
    private const int MostWords = 1 << 16;
    private const int MostLength = 48;
    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private int _count;

    /// <summary>Makes an empty cache.</summary>
    internal WordCache() => _bySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Finds a piece.</summary>
    /// <param name="word">The piece.</param>
    /// <param name="ids">Where its ids are added.</param>
    /// <returns>Whether it is there.</returns>
    internal bool TryAppend(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > MostLength || !_bySpan.TryGetValue(word, out int[]? known))
        {
            return false;
        }

        ids.AddRange(known.AsSpan());
        return true;
    }

    /// <summary>Remembers a piece.</summary>
    /// <param name="word">The piece.</param>
    /// <param name="ids">A list that ends with its ids.</param>
    /// <param name="from">Where they begin.</param>
    internal void Remember(ReadOnlySpan<char> word, List<int> ids, int from)
    {
        if (word.Length > MostLength || Volatile.Read(ref _count) >= MostWords)
        {
            return;
        }

        var own = new int[ids.Count - from];
        ids.CopyTo(from, own, 0, own.Length);
        if (_bySpan.TryAdd(word, own))
        {
            Interlocked.Increment(ref _count);
        }
    }
}
