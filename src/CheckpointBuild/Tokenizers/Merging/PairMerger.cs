using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Merging;

/// <summary>Byte-pair encoding of one piece: joins the pair of the lowest rank, the leftmost where equal, until none is left. Takes n log n steps for n symbols.</summary>
/// <remarks>
/// Symbols form a linked list in three arrays. Every neighbouring pair that can be joined waits in a binary heap, ordered by rank and place; a pair whose symbols have changed since is dropped when its turn comes.
/// </remarks>
internal sealed class PairMerger
{
    /// <summary>Memory for pieces longer than this is given up after them.</summary>
    private const int MostKept = 1 << 16;

    /// <summary>A symbol that was joined to the one before it.</summary>
    private const int Gone = -2;

    private int[] _symbols = new int[64];
    private int[] _next = new int[64];
    private int[] _previous = new int[64];
    private Waiting[] _heap = new Waiting[64];
    private int _count;
    private int _waiting;

    /// <summary>Begins a piece.</summary>
    internal void Begin()
    {
        _count = 0;
        _waiting = 0;
        if (_symbols.Length > MostKept)
        {
            (_symbols, _next, _previous, _heap) = (new int[64], new int[64], new int[64], new Waiting[64]);
        }
    }

    /// <summary>Adds a symbol.</summary>
    /// <param name="id">Its token; -1 for one that joins nothing and gives no id.</param>
    internal void Add(int id)
    {
        if (_count == _symbols.Length)
        {
            int size = checked(_count * 2);
            Array.Resize(ref _symbols, size);
            Array.Resize(ref _next, size);
            Array.Resize(ref _previous, size);
        }

        _symbols[_count] = id;
        _previous[_count] = _count - 1;
        _next[_count] = _count + 1;
        _count++;
    }

    /// <summary>Joins what can be joined.</summary>
    /// <param name="table">The pairs.</param>
    internal void Merge(PairTable table)
    {
        for (int i = 0; i + 1 < _count; i++)
        {
            Offer(table, i, i + 1);
        }

        while (_waiting > 0)
        {
            Waiting best = Take();
            int left = best.Place;
            int right = _next[left];

            // A pair that became another since keeps its turn only where it is joined to the same token.
            if (_symbols[left] == Gone || right >= _count || table.Find(_symbols[left], _symbols[right], out _) != best.Joined)
            {
                continue;
            }

            int after = _next[right];
            _symbols[left] = best.Joined;
            _symbols[right] = Gone;
            _next[left] = after;
            if (after < _count)
            {
                _previous[after] = left;
                Offer(table, left, after);
            }

            if (_previous[left] >= 0)
            {
                Offer(table, _previous[left], left);
            }
        }
    }

    /// <summary>Writes the tokens that are left.</summary>
    /// <param name="ids">Where they are added.</param>
    internal void AppendTo(List<int> ids)
    {
        for (int i = 0; i < _count; i = _next[i])
        {
            if (_symbols[i] >= 0)
            {
                ids.Add(_symbols[i]);
            }
        }
    }

    private void Offer(PairTable table, int left, int right)
    {
        int joined = table.Find(_symbols[left], _symbols[right], out int rank);
        if (joined == PairTable.None)
        {
            return;
        }

        if (_waiting == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        // Sift up: move greater parents down until the place is right.
        var offered = new Waiting(((ulong)(uint)rank << 32) | (uint)left, joined);
        int at = _waiting++;
        while (at > 0 && _heap[(at - 1) >> 1].Order > offered.Order)
        {
            _heap[at] = _heap[(at - 1) >> 1];
            at = (at - 1) >> 1;
        }

        _heap[at] = offered;
    }

    private Waiting Take()
    {
        Waiting best = _heap[0];
        Waiting last = _heap[--_waiting];
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _waiting)
            {
                break;
            }

            child += child + 1 < _waiting && _heap[child + 1].Order < _heap[child].Order ? 1 : 0;
            if (_heap[child].Order >= last.Order)
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = last;
        return best;
    }

    /// <summary>A pair that waits.</summary>
    /// <param name="Order">Rank in the upper half, place in the lower.</param>
    /// <param name="Joined">The token that it becomes.</param>
    private readonly record struct Waiting(ulong Order, int Joined)
    {
        /// <summary>Where its left symbol stands.</summary>
        internal int Place => (int)(uint)Order;
    }
}
