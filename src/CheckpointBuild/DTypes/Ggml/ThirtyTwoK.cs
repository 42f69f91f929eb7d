using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Q4_K and Q5_K: eight sub-blocks of 32 with scales and minima of six bits.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2    3  | 4 ... 15           | codes
///       d f16| dmin f16| scales and minima  |
/// </code>
/// </remarks>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockBytes">Bytes of a block.</param>
/// <param name="plain">What is tried without importance.</param>
internal abstract unsafe class ThirtyTwoK(string name, int ggmlType, int blockBytes, AsymmetricTrials plain) : AsymmetricK(name, ggmlType, blockBytes, plain)
{
    /// <summary>Columns of a sub-block.</summary>
    protected const int SubLength = 32;

    /// <summary>Where the codes begin.</summary>
    protected const int CodesOffset = 16;

    private const int Subs = Length / SubLength;
    private const int LowOffset = 2;
    private const int PackedOffset = 4;
    private const int TopScale = 63;

    /// <inheritdoc/>
    protected sealed override ReadOnlySpan<byte> ScaleOffsets => [0, LowOffset];

    /// <summary>Whether codes of scales beyond six bits, which a negative scale makes, are limited with importance too; the reference does it in one type and not in the other.</summary>
    protected abstract bool LimitsWeightedScales { get; }

    /// <inheritdoc/>
    protected sealed override void WeighPlain<T>(BlockSearch search)
    {
        T sum = T.All(0);
        for (int i = 0; i < SubLength; i++)
        {
            T value = T.Load(search.X + (i * T.Count));
            sum += value * value;
        }

        T mean = T.Sqrt(sum / T.All(SubLength));
        for (int i = 0; i < SubLength; i++)
        {
            (mean + T.Abs(T.Load(search.X + (i * T.Count)))).Store(search.W + (i * T.Count));
        }
    }

    /// <inheritdoc/>
    protected sealed override void Finish<T>(float* x, SubBlocks found, bool isWeighted, byte* block)
    {
        byte* scales = stackalloc byte[Subs];
        byte* lows = stackalloc byte[Subs];
        float step = isWeighted ? PositiveFit.Search(found.Scales, found.Weights, scales, Subs, TopScale) : Steps(found.Scales, scales, Subs, TopScale);
        float lowStep = isWeighted ? PositiveFit.Search(found.Lows, found.Weights, lows, Subs, TopScale) : Steps(found.Lows, lows, Subs, TopScale);
        for (int sub = 0; sub < Subs && (!isWeighted || LimitsWeightedScales); sub++)
        {
            scales[sub] = Math.Min(scales[sub], (byte)TopScale);
            lows[sub] = Math.Min(lows[sub], (byte)TopScale);
        }

        step = WriteScale(block, step);
        lowStep = WriteScale(block + LowOffset, lowStep);
        SixBitScales.Pack(scales, lows, block + PackedOffset);
        SixBitScales.Unpack(block + PackedOffset, scales, lows);
        for (int sub = 0; sub < Subs; sub++)
        {
            Recode<T>(x + (sub * SubLength), step * scales[sub], lowStep * lows[sub], found.From(sub));
        }

        Pack(found.Codes(0, SubLength), block);
    }

    /// <inheritdoc/>
    protected sealed override void DecodeBlock(byte* block, float* values)
    {
        byte* codes = stackalloc byte[Length];
        byte* scales = stackalloc byte[Subs];
        byte* lows = stackalloc byte[Subs];
        Unpack(block, codes);
        SixBitScales.Unpack(block + PackedOffset, scales, lows);
        float d = ReadScale(block), dmin = ReadScale(block + LowOffset);
        for (int sub = 0; sub < Subs; sub++)
        {
            SubBlockValues.Write(codes + (sub * SubLength), SubLength, d * scales[sub], dmin * lows[sub], values + (sub * SubLength));
        }
    }

    /// <summary>Writes codes into a block.</summary>
    /// <param name="codes">[256] codes.</param>
    /// <param name="block">The block.</param>
    protected abstract void Pack(byte* codes, byte* block);

    /// <summary>Reads codes out of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="codes">Receives [256] codes.</param>
    protected abstract void Unpack(byte* block, byte* codes);
}
