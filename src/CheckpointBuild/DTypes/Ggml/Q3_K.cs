using System;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q3_K: 256 columns in 110 bytes, sub-blocks of 16. Value = d · (scale - 32) · (code - 4).</summary>
/// <remarks>
/// <code>
/// byte  0 ............ 31             | 32 ... 63 | 64 ... 95 | 96 ... 107            | 108 109
///       bit s of j: bit 2 of 32s + j  | columns 0 | 128 ...   | 16 scales of six bits | d f16
/// </code>
/// A byte of codes holds the lower two bits of columns j, j + 32, j + 64 and j + 96 of its 128. Scale j's lower four bits stand in byte j mod 8 (below for j &lt; 8), its upper two in byte 8 + j mod 4 at 2 · (j / 4).
/// </remarks>
internal sealed unsafe class Q3_K() : KDType("Q3_K", 11, 110, SubLength)
{
    private const int SubLength = 16;
    private const int Subs = Length / SubLength;
    private const int CodesOffset = 32;
    private const int PackedOffset = 96;
    private const int ScaleOffset = 108;
    private const int Levels = 4;
    private const int ScaleLevels = 32;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ScaleOffsets => [ScaleOffset];

    /// <inheritdoc/>
    protected override bool SearchWaits => true;

    /// <inheritdoc/>
    protected override void Search<T>(BlockSearch search, SubBlocks found, bool isWeighted)
    {
        if (!isWeighted)
        {
            RefinedFit.Search<T>(search, found, SubLength, Levels);
            return;
        }

        SymmetricFit<T> fit = SymmetricFit<T>.Search(search.X, search.W, search.Room, SubLength, Levels);
        fit.Scale.Store(found.Scales);
        for (int i = 0; i < SubLength; i++)
        {
            found.StoreCodes(i, fit.CodeOf(T.Load(search.X + (i * T.Count)), Levels), SubLength);
        }
    }

    /// <inheritdoc/>
    protected override void Finish<T>(float* x, SubBlocks found, bool isWeighted, byte* block)
    {
        byte* scales = stackalloc byte[Subs];
        float step = WriteScale(block + ScaleOffset, isWeighted ? WeightedScales(found, scales) : PlainScales(found, scales));
        PackScales(scales, block + PackedOffset);
        for (int sub = 0; sub < Subs; sub++)
        {
            Recode<T>(x + (sub * SubLength), step * (scales[sub] - ScaleLevels), Levels, found.From(sub));
        }

        byte* codes = found.Codes(0, SubLength);
        Nibbles.PackPairs(codes, block + CodesOffset);
        Nibbles.PackPairs(codes + 128, block + CodesOffset + 32);
        for (int half = 0; half < 32; half += 16)
        {
            Vector128<ushort> third = default;
            for (int part = 0; part < 8; part++)
            {
                third |= ((Vector128.Load(codes + (part * 32) + half) & Vector128.Create((byte)4)).AsUInt16() >> 2) << part;
            }

            third.AsByte().Store(block + half);
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* codes = stackalloc byte[Length];
        byte* scales = stackalloc byte[Subs];
        Nibbles.UnpackPairs(block + CodesOffset, codes);
        Nibbles.UnpackPairs(block + CodesOffset + 32, codes + 128);
        for (int i = 0; i < Length; i++)
        {
            codes[i] |= (byte)((block[i % 32] >> (i / 32) & 1) << 2);
        }

        UnpackScales(block + PackedOffset, scales);
        float d = ReadScale(block + ScaleOffset);
        for (int sub = 0; sub < Subs; sub++)
        {
            SubBlockValues.WriteCentred(codes + (sub * SubLength), SubLength, d * (scales[sub] - ScaleLevels), Levels, values + (sub * SubLength));
        }
    }

    private static float WeightedScales(SubBlocks found, byte* scales)
    {
        float* room = stackalloc float[Subs];
        SymmetricFit<Lane1> fit = SymmetricFit<Lane1>.Search(found.Scales, found.Weights, room, Subs, ScaleLevels);
        for (int i = 0; i < Subs; i++)
        {
            fit.CodeOf(Lane1.Load(found.Scales + i), ScaleLevels).StoreBytes(scales + i);
        }

        float scale;
        fit.Scale.Store(&scale);
        return scale;
    }

    // Without any scale the twelve bytes stay 0, though 0 is not the code of 0.
    private static float PlainScales(SubBlocks found, byte* scales)
    {
        float most = SignedScales.Largest(found.Scales, Subs);
        if (most == 0)
        {
            new Span<byte>(scales, Subs).Clear();
            return 0;
        }

        float inverse = -ScaleLevels / most;
        for (int i = 0; i < Subs; i++)
        {
            scales[i] = (byte)(Rounding.Nearest(inverse * found.Scales[i], -ScaleLevels, ScaleLevels - 1) + ScaleLevels);
        }

        return 1 / inverse;
    }

    private static void PackScales(byte* scales, byte* packed)
    {
        for (int i = 0; i < Subs / 2; i++)
        {
            packed[i] = (byte)((scales[i] & 15) | (scales[i + 8] << 4));
        }

        for (int i = 0; i < Subs / 4; i++)
        {
            packed[8 + i] = (byte)((scales[i] >> 4) | (scales[i + 4] >> 4 << 2) | (scales[i + 8] >> 4 << 4) | (scales[i + 12] >> 4 << 6));
        }
    }

    private static void UnpackScales(byte* packed, byte* scales)
    {
        for (int i = 0; i < Subs; i++)
        {
            scales[i] = (byte)((packed[i % 8] >> (i / 8 * 4) & 15) | ((packed[8 + (i % 4)] >> (i / 4 * 2) & 3) << 4));
        }
    }
}
