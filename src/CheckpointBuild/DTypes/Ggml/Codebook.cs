using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The points that one of ggml's lattice types may use: tuples of eight levels 0 to 2, or of four levels 0 to 7. For every other tuple it knows which points lie near.</summary>
/// <remarks>A tuple's key is the sum of level[i] · 4^i, or 8^i. Tables are made when the first block is encoded, in memory that the collector leaves in place.</remarks>
internal sealed unsafe class Codebook
{
    private const int MostGroup = 8;
    private const int MostLevels = 8;

    private static readonly Dictionary<string, Lazy<Codebook>> Books = Read();

    private readonly int _bits;
    private readonly byte[] _levels;
    private readonly short[] _index;
    private readonly Lazy<CodebookNeighbours> _neighbours;

    private Codebook(ushort[] keys, int group, int classes)
    {
        Group = group;
        _bits = group == 8 ? 2 : 3;
        _levels = GC.AllocateArray<byte>(keys.Length * group, pinned: true);
        _index = GC.AllocateArray<short>(1 << (_bits * group), pinned: true);
        _index.AsSpan().Fill(-1);
        for (int entry = 0; entry < keys.Length; entry++)
        {
            _index[keys[entry]] = (short)entry;
            for (int i = 0; i < group; i++)
            {
                _levels[(entry * group) + i] = (byte)LevelOf(keys[entry], i);
            }
        }

        _neighbours = new Lazy<CodebookNeighbours>(() => new CodebookNeighbours(this, keys.Length, classes));
    }

    private static ReadOnlySpan<byte> Numbers => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    /// <summary>How many keys there are, of tuples in the codebook and others.</summary>
    public int KeyCount => _index.Length;

    /// <summary>Levels of a tuple: 8 or 4.</summary>
    public int Group { get; }

    /// <summary>Bits of a level in a key.</summary>
    public int Bits => _bits;

    /// <summary>One of the codebooks.</summary>
    /// <param name="name">Such as <c>iq2_xxs</c>.</param>
    /// <returns>The codebook.</returns>
    public static Codebook Named(string name) => Books[name].Value;

    /// <summary>The index of a tuple.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The index that a block stores, or -1 for a tuple that is not in the codebook.</returns>
    public int IndexOf(int key) => _index[key];

    /// <summary>The key of a tuple.</summary>
    /// <param name="levels">Its levels.</param>
    /// <returns>The key.</returns>
    public int KeyOf(byte* levels)
    {
        if (Group == 4)
        {
            uint four = *(uint*)levels;
            four = (four | (four >> 5)) & 0x003F_003F;
            return (int)((four | (four >> 10)) & 0xFFF);
        }

        ulong eight = *(ulong*)levels;
        eight = (eight | (eight >> 6)) & 0x000F_000F_000F_000F;
        eight = (eight | (eight >> 12)) & 0x0000_00FF_0000_00FF;
        return (int)((eight | (eight >> 24)) & 0xFFFF);
    }

    /// <summary>The entries near each tuple that is not in the codebook.</summary>
    public CodebookNeighbours Neighbours => _neighbours.Value;

    /// <summary>The levels of an entry.</summary>
    /// <param name="index">From 0.</param>
    /// <returns>The first of <see cref="Group"/> levels; they stay where they are.</returns>
    public byte* LevelsOf(int index) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_levels)) + (index * Group);

    /// <summary>The near entry of least cost, the sum of (weight · off) · off with off = scale · value - target, where value = <paramref name="steps"/> · level + <paramref name="from"/>.</summary>
    /// <param name="key">A tuple that is not in the codebook.</param>
    /// <param name="target">The group's targets.</param>
    /// <param name="weight">The group's weights.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="steps">From the value of one level to the next: 2, or 1.</param>
    /// <param name="from">The value of level 0.</param>
    /// <returns>Its index; of equal costs the first counts. -1 where no cost is finite.</returns>
    public int Nearest<T>(int key, float* target, float* weight, float scale, float steps, float from)
        where T : struct, ILanes<T> =>
        T.Count > Neighbours.Chunk ? NearestOf<Lanes256>(key, target, weight, scale, steps, from) : NearestOf<T>(key, target, weight, scale, steps, from);

    // An element has few levels: what each would cost is computed once, and an entry's cost is the sum of what is looked up.
    [SkipLocalsInit]
    private int NearestOf<T>(int key, float* target, float* weight, float scale, float steps, float from)
        where T : struct, ILanes<T>
    {
        int stride = Math.Max(T.Count, MostLevels);
        float* costs = stackalloc float[MostGroup * stride];
        byte* numbers = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Numbers));
        for (int level = 0; level < (_bits == 2 ? 3 : MostLevels); level += T.Count)
        {
            T value = T.All(scale) * ((T.All(steps) * T.LoadBytes(numbers + level)) + T.All(from));
            for (int i = 0; i < Group; i++)
            {
                T off = value - T.All(target[i]);
                (T.All(weight[i]) * off * off).Store(costs + (i * stride) + level);
            }
        }

        CodebookNeighbours neighbours = _neighbours.Value;
        int length = neighbours.Chunk;
        ReadOnlySpan<ushort> entries = neighbours.Of(key, out byte* levels);
        float best = float.MaxValue;
        int found = -1;
        for (int at = 0; at < entries.Length; at += T.Count)
        {
            byte* chunk = levels + (at / length * length * Group) + (at % length);
            T cost = T.All(0);
            for (int i = 0; i < Group; i++)
            {
                cost += T.Lookup(costs + (i * stride), chunk + (i * length));
            }

            T limited = T.Select(T.Greater(T.All(best), cost), cost, T.All(best));
            float least = -T.Largest(-limited);
            if (least < best)
            {
                best = least;
                found = entries[at + BitOperations.TrailingZeroCount(T.Bits(T.Same(limited, T.All(least))))];
            }
        }

        return found;
    }

    /// <summary>One level of a tuple.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="i">Which.</param>
    /// <returns>The level.</returns>
    public int LevelOf(int key, int i) => key >> (_bits * i) & ((1 << _bits) - 1);

    private static Dictionary<string, Lazy<Codebook>> Read()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("codebooks.txt")!;
        using var reader = new StreamReader(stream);
        string[] lines = [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
        var books = new Dictionary<string, Lazy<Codebook>>(StringComparer.Ordinal);
        for (int at = 0; at < lines.Length;)
        {
            string[] head = lines[at++].Split(' ');
            int count = int.Parse(head[1], CultureInfo.InvariantCulture), group = int.Parse(head[2], CultureInfo.InvariantCulture);
            var keys = new List<ushort>(count);
            while (keys.Count < count)
            {
                keys.AddRange(lines[at++].Split(' ').Select(key => ushort.Parse(key, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            }

            books.Add(head[0], new Lazy<Codebook>(() => new Codebook([.. keys], group, ClassesOf(head[0]))));
        }

        return books;
    }

    // How many of the smallest different distances make an entry near.
    private static int ClassesOf(string name) => name switch
    {
        "iq2_s" => 1,
        "iq1" or "iq3_s" => 3,
        _ => 2,
    };
}
