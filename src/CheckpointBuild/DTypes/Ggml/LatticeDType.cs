using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's lattice types: 256 columns whose magnitudes are points of a codebook, with a sign for each and a scale of four bits for 16 or 32.</summary>
/// <remarks>Magnitudes have no zero. The search works with the odd numbers 2 · level + 1; what a level decodes to is the type's own.</remarks>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockBytes">Bytes of a block.</param>
/// <param name="rules">What tells it apart.</param>
internal abstract unsafe class LatticeDType(string name, int ggmlType, int blockBytes, LatticeRules rules) : BlockDType(name, ggmlType, Length, blockBytes)
{
    /// <summary>Columns of a block.</summary>
    protected const int Length = 256;

    private const int TopScale = 15;
    private Codebook? _book;

    /// <inheritdoc/>
    public override bool UsesImportance => true;

    /// <summary>The codebook.</summary>
    protected Codebook Book => _book ??= Codebook.Named(rules.Book);

    /// <summary>Whether a block without any scale keeps the index and sign bits that were found.</summary>
    protected virtual bool KeepsBitsOfZeroBlock => false;

    /// <inheritdoc/>
    internal sealed override void Encode<T>(BlockRows rows)
    {
        var search = new LatticeSearch(Book, rules);
        float* weights = stackalloc float[Length];
        float* scales = stackalloc float[LatticeBlock.MostSubs];
        ushort* indices = stackalloc ushort[LatticeBlock.MostGroups];
        byte* signs = stackalloc byte[Length / 8];
        byte* codes = stackalloc byte[LatticeBlock.MostSubs];
        var found = new LatticeBlock(scales, indices, signs, codes);
        int n = rules.SubLength, groups = n / Book.Group;
        for (int i = 0; i < rows.Count; i++)
        {
            float* x = rows.Values(i, Length);
            byte* block = rows.Block(i, BlockBytes);
            Weigh<T>(x, rows.Importance(i, Length), weights);
            new Span<byte>(signs, Length / 8).Clear();
            new Span<ushort>(indices, LatticeBlock.MostGroups).Clear();
            bool isSound = true;
            for (int sub = 0; sub < Length / n; sub++)
            {
                isSound &= search.Search<T>(x + (sub * n), weights + (sub * n), found.From(sub, groups, n / 8));
            }

            Finish(found, block, isSound);
        }
    }

    /// <summary>Writes a block.</summary>
    /// <param name="found">Indices, signs and codes of scales.</param>
    /// <param name="block">Zeros; receives the block without its scale.</param>
    protected abstract void Pack(LatticeBlock found, byte* block);

    private void Finish(LatticeBlock found, byte* block, bool isSound)
    {
        int subs = Length / rules.SubLength;
        new Span<byte>(block, BlockBytes).Clear();
        new Span<byte>(found.Codes, subs).Clear();
        float most = 0;
        for (int sub = 0; sub < subs; sub++)
        {
            most = found.Scales[sub] > most ? found.Scales[sub] : most;
        }

        // Where the reference gives up, because no point is at a finite distance, the block says so.
        if (!isSound)
        {
            StoreScale(block, float.NaN);
            return;
        }

        if (most == 0)
        {
            if (KeepsBitsOfZeroBlock)
            {
                Pack(found, block);
            }

            return;
        }

        float step = most / 31, inverse = 1 / step;
        for (int sub = 0; sub < subs; sub++)
        {
            found.Codes[sub] = (byte)Rounding.Nearest(0.5f * ((inverse * found.Scales[sub]) - 1), 0, TopScale);
        }

        StoreScale(block, step * rules.Factor);
        Pack(found, block);
    }

    private void Weigh<T>(float* x, float* importance, float* weights)
        where T : struct, ILanes<T>
    {
        float squares = Turned.SumOfSquares(x, Length);
        float variance = rules.DoublesVariance ? 2 * squares / Length : squares / Length;
        T add = T.All(variance), plain = T.All(rules.PlainVariance * variance);
        for (int i = 0; i < Length; i += T.Count)
        {
            T value = T.Load(x + i), square = value * value;
            T weight = importance != null ? T.Load(importance + i) * T.Sqrt(add + square)
                : rules.NeedsImportance ? T.Sqrt(add + square)
                : rules.PlainVariance != 0 ? plain + square
                : square;
            weight.Store(weights + i);
        }
    }

    /// <summary>Numbers of eight columns: step · magnitude, with signs.</summary>
    /// <param name="step">The scale.</param>
    /// <param name="magnitudes">[8] magnitudes.</param>
    /// <param name="signs">Bit i: column i is negative.</param>
    /// <param name="values">Receives [8] numbers.</param>
    protected static void WriteEight(float step, byte* magnitudes, int signs, float* values)
    {
        for (int i = 0; i < 8; i++)
        {
            values[i] = step * magnitudes[i] * ((signs >> i & 1) != 0 ? -1f : 1f);
        }
    }

    /// <summary>The eight signs that seven bits say: the last makes the number of negative ones even.</summary>
    /// <param name="code">Seven bits.</param>
    /// <returns>Eight.</returns>
    protected static int EvenSigns(int code) => code | ((System.Numerics.BitOperations.PopCount((uint)code) & 1) << 7);
}
