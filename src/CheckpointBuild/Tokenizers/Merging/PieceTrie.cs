using System;

namespace CheckpointBuild.Tokenizers.Merging;

/// <summary>A trie of tokens by UTF-16 units, for finding every token that begins at a place. Its edges stand in one hash table of (node, unit) to child.</summary>
internal sealed class PieceTrie
{
    /// <summary>The node of the empty text.</summary>
    internal const int Root = 0;

    private readonly PairTable _edges;
    private int _nodes = 1;

    /// <summary>Makes an empty trie.</summary>
    /// <param name="units">At most so many units will be added, over all texts.</param>
    internal PieceTrie(int units) => _edges = new PairTable(units);

    /// <summary>Adds a text.</summary>
    /// <param name="text">The text; of equal ones the last counts.</param>
    /// <param name="id">Its id.</param>
    internal void Add(string text, int id)
    {
        int node = Root;
        for (int i = 0; i < text.Length; i++)
        {
            int child = _edges.Find(node, text[i], out int known);
            child = child == PairTable.None ? _nodes++ : child;
            int own = i == text.Length - 1 ? id + 1 : known;
            _edges.Add(node, text[i], own, child);
            node = child;
        }
    }

    /// <summary>Finds the longest text that begins another one.</summary>
    /// <param name="text">The other.</param>
    /// <param name="budget">Steps that are left.</param>
    /// <param name="id">Its id; -1 where none begins it.</param>
    /// <returns>Its length, or 0.</returns>
    internal int LongestAt(ReadOnlySpan<char> text, ref SearchBudget budget, out int id)
    {
        id = -1;
        int length = 0;
        int node = Root;
        int at = 0;
        while (at < text.Length && (node = Step(node, text[at], out int own)) != PairTable.None)
        {
            at++;
            if (own >= 0)
            {
                (id, length) = (own, at);
            }
        }

        budget.Spend(at);
        return length;
    }

    /// <summary>Goes one unit further.</summary>
    /// <param name="node">Where one is.</param>
    /// <param name="unit">The next unit.</param>
    /// <param name="id">The text that ends there, or -1.</param>
    /// <returns>The next node, or <see cref="PairTable.None"/> where no text goes on so.</returns>
    internal int Step(int node, char unit, out int id)
    {
        int child = _edges.Find(node, unit, out int own);
        id = own - 1;
        return child;
    }
}
