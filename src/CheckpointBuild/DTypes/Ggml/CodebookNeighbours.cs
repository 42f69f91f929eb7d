using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>For every tuple that is not in a codebook, the entries at the smallest distances: near before far, then in the codebook's order.</summary>
/// <remarks>Lists are padded with their last entry to whole chunks, and levels are turned within a chunk, so that lanes are entries: [chunk, level, entry].</remarks>
internal sealed unsafe class CodebookNeighbours
{
    // Eight differences of at most 2, or four of at most 7.
    private const int MostDistance = 4 * 7 * 7;

    private readonly int[] _starts;
    private readonly ushort[] _entries;
    private readonly byte[] _levels;
    private readonly int _group;

    /// <summary>Makes the lists.</summary>
    /// <param name="book">The codebook.</param>
    /// <param name="count">How many entries it has.</param>
    /// <param name="classes">How many of the smallest different distances make an entry near.</param>
    public CodebookNeighbours(Codebook book, int count, int classes)
    {
        _group = book.Group;
        Chunk = _group == 4 ? 8 : 16;
        _starts = new int[book.KeyCount + 1];
        var entries = new List<ushort>();
        for (int key = 0; key < book.KeyCount; key++)
        {
            _starts[key] = entries.Count;
            if (book.IndexOf(key) < 0 && IsTuple(book, key))
            {
                Tuples++;
                Add(entries, book, key, count, classes);
            }
        }

        _starts[^1] = entries.Count;
        _entries = [.. entries];
        _levels = GC.AllocateUninitializedArray<byte>(_entries.Length * _group, pinned: true);
        for (int at = 0; at < _entries.Length; at++)
        {
            for (int i = 0; i < _group; i++)
            {
                _levels[(at / Chunk * Chunk * _group) + (i * Chunk) + (at % Chunk)] = book.LevelsOf(_entries[at])[i];
            }
        }
    }

    /// <summary>Entries of a chunk: 16, or 8 where most lists are shorter.</summary>
    public int Chunk { get; }

    /// <summary>How many tuples are not in the codebook.</summary>
    public int Tuples { get; private set; }

    /// <summary>How many entries all lists have together, padding left out.</summary>
    public int Entries { get; private set; }

    /// <summary>The entries of the longest list, padding left out.</summary>
    public int Longest { get; private set; }

    /// <summary>The list of a tuple.</summary>
    /// <param name="key">A tuple that is not in the codebook.</param>
    /// <param name="levels">[chunks, group, entry] levels; they stay where they are.</param>
    /// <returns>The entries' indices, whole chunks.</returns>
    public ReadOnlySpan<ushort> Of(int key, out byte* levels)
    {
        int start = _starts[key];
        levels = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_levels)) + ((long)start * _group);
        return _entries.AsSpan(start, _starts[key + 1] - start);
    }

    private void Add(List<ushort> entries, Codebook book, int key, int count, int classes)
    {
        var byDistance = new List<ushort>?[MostDistance + 1];
        for (int entry = 0; entry < count; entry++)
        {
            int distance = 0;
            byte* levels = book.LevelsOf(entry);
            for (int i = 0; i < _group; i++)
            {
                int off = levels[i] - book.LevelOf(key, i);
                distance += off * off;
            }

            (byDistance[distance] ??= []).Add((ushort)entry);
        }

        int start = entries.Count;
        for (int distance = 0; classes > 0; distance++)
        {
            if (byDistance[distance] is { } alike)
            {
                entries.AddRange(alike);
                classes--;
            }
        }

        Entries += entries.Count - start;
        Longest = Math.Max(Longest, entries.Count - start);
        while (entries.Count % Chunk != 0)
        {
            entries.Add(entries[^1]);
        }
    }

    // Two bits can hold a level that the types of three levels do not have.
    private static bool IsTuple(Codebook book, int key)
    {
        for (int i = 0; i < book.Group && book.Bits == 2; i++)
        {
            if (book.LevelOf(key, i) == 3)
            {
                return false;
            }
        }

        return true;
    }
}
