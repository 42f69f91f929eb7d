using System;
using System.Numerics;

namespace CheckpointBuild.Tokenizers.Merging;

/// <summary>Which pairs of tokens are joined, how early, and to what. An open-addressed hash table of (left, right) to (rank, joined): one probe per look-up as a rule.</summary>
internal sealed class PairTable
{
    /// <summary>No joined token.</summary>
    internal const int None = -1;

    private readonly Entry[] _entries;
    private readonly int _mask;

    /// <summary>Makes a table.</summary>
    /// <param name="count">How many pairs it will hold at most.</param>
    internal PairTable(int count)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, checked(count * 2)));
        _entries = new Entry[size];
        _mask = size - 1;
        Array.Fill(_entries, new Entry(None, None, 0, None));
    }

    /// <summary>Adds a pair; of several equal pairs the last counts, as in the reference.</summary>
    /// <param name="left">The left token.</param>
    /// <param name="right">The right token.</param>
    /// <param name="rank">How early it is joined: lower is earlier.</param>
    /// <param name="joined">The token that they become.</param>
    internal void Add(int left, int right, int rank, int joined)
    {
        int at = Start(left, right);
        while (_entries[at].Left != None && (_entries[at].Left != left || _entries[at].Right != right))
        {
            at = (at + 1) & _mask;
        }

        _entries[at] = new(left, right, rank, joined);
    }

    /// <summary>Finds a pair.</summary>
    /// <param name="left">The left token; negative ones are in no pair.</param>
    /// <param name="right">The right token.</param>
    /// <param name="rank">How early it is joined.</param>
    /// <returns>The joined token, or <see cref="None"/>.</returns>
    internal int Find(int left, int right, out int rank)
    {
        if ((left | right) < 0)
        {
            rank = 0;
            return None;
        }

        int at = Start(left, right);
        while (true)
        {
            ref readonly Entry entry = ref _entries[at];
            if (entry.Left == None || (entry.Left == left && entry.Right == right))
            {
                rank = entry.Rank;
                return entry.Joined;
            }

            at = (at + 1) & _mask;
        }
    }

    /// <summary>The platform's hash is seeded per process, so no file can be made whose pairs all collide; which slot a pair has never shows.</summary>
    private int Start(int left, int right) => HashCode.Combine(left, right) & _mask;

    private readonly record struct Entry(int Left, int Right, int Rank, int Joined);
}
