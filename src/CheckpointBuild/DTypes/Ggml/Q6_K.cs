using System;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q6_K: 256 columns in 210 bytes, sub-blocks of 16. Value = d · scale · (code - 32).</summary>
/// <remarks>
/// <code>
/// byte  0 ... 127          | 128 ... 191     | 192 ... 207   | 208 209
///       lower four bits    | upper two bits  | scales, int8  | d f16
/// </code>
/// Of each 128 columns: byte j of 64 holds the lower bits of column j below and of j + 64 above; byte j of 32 holds the upper bits of columns j, j + 32, j + 64 and j + 96.
/// </remarks>
internal sealed unsafe class Q6_K() : KDType("Q6_K", 14, 210, SubLength)
{
    private const int SubLength = 16;
    private const int Subs = Length / SubLength;
    private const int UpperOffset = 128;
    private const int ScalesOffset = 192;
    private const int ScaleOffset = 208;
    private const int Levels = 32;
    private const int TopScale = 127;
    private const float Tiny = 1e-15f;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ScaleOffsets => [ScaleOffset];

    /// <inheritdoc/>
    protected override void Weigh<T>(BlockSearch search, bool isWeighted)
    {
        if (!isWeighted)
        {
            WeighPlain<T>(search);
            return;
        }

        for (int i = 0; i < SubLength; i++)
        {
            T.Load(search.Q + (i * T.Count)).Store(search.W + (i * T.Count));
        }
    }

    /// <inheritdoc/>
    protected override void Search<T>(BlockSearch search, SubBlocks found, bool isWeighted)
    {
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
        float most = SignedScales.Largest(found.Scales, Subs);
        if (MathF.Abs(most) < Tiny)
        {
            new Span<byte>(block, BlockBytes).Clear();
            return;
        }

        float inverse = -128 / most;
        float step = WriteScale(block + ScaleOffset, 1 / inverse);
        for (int sub = 0; sub < Subs; sub++)
        {
            sbyte code = unchecked((sbyte)Math.Min(TopScale, Rounding.Nearest(inverse * found.Scales[sub])));
            block[ScalesOffset + sub] = unchecked((byte)code);
            Recode<T>(x + (sub * SubLength), step * code, Levels, found.From(sub));
        }

        for (int half = 0; half < 2; half++)
        {
            byte* codes = found.Codes(0, SubLength) + (128 * half), lower = block + (64 * half), upper = block + UpperOffset + (32 * half);
            for (int i = 0; i < 64; i += 16)
            {
                Vector128<byte> below = Vector128.Load(codes + i) & Vector128.Create((byte)15), above = Vector128.Load(codes + 64 + i) & Vector128.Create((byte)15);
                (below | (above.AsUInt16() << 4).AsByte()).Store(lower + i);
            }

            for (int i = 0; i < 32; i += 16)
            {
                Vector128<ushort> bits = default;
                for (int part = 0; part < 4; part++)
                {
                    bits |= ((Vector128.Load(codes + (32 * part) + i) & Vector128.Create((byte)0x30)).AsUInt16() >> 4) << (2 * part);
                }

                bits.AsByte().Store(upper + i);
            }
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* codes = stackalloc byte[Length];
        for (int half = 0; half < 2; half++)
        {
            byte* lower = block + (64 * half), upper = block + UpperOffset + (32 * half), target = codes + (128 * half);
            for (int i = 0; i < 128; i += 16)
            {
                Vector128<byte> low = i < 64 ? Vector128.Load(lower + i) & Vector128.Create((byte)15) : (Vector128.Load(lower + i - 64).AsUInt16() >> 4).AsByte() & Vector128.Create((byte)15);
                Vector128<byte> high = (Vector128.Load(upper + (i % 32)).AsUInt16() >> (i / 32 * 2)).AsByte() & Vector128.Create((byte)3);
                (low | (high.AsUInt16() << 4).AsByte()).Store(target + i);
            }
        }

        float d = ReadScale(block + ScaleOffset);
        for (int sub = 0; sub < Subs; sub++)
        {
            SubBlockValues.WriteCentred(codes + (sub * SubLength), SubLength, d * (sbyte)block[ScalesOffset + sub], Levels, values + (sub * SubLength));
        }
    }
}
