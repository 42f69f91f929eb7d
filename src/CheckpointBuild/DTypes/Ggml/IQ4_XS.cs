using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ4_XS: 256 columns in 136 bytes, sub-blocks of 32. Value = d · (scale - 32) · table[code].</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 3                       | 4 ... 7                       | 8 ... 135
///       d f16| scales, upper 2 bits each | scales, lower 4, two in a byte| 16 bytes for 32 columns: code j below, j + 16 above
/// </code>
/// </remarks>
internal sealed unsafe class IQ4_XS() : KDType("IQ4_XS", 23, 136, SubLength)
{
    private const int SubLength = 32;
    private const int Subs = Length / SubLength;
    private const int CodesOffset = 8;
    private const int Levels = 32;

    /// <inheritdoc/>
    protected override void Search<T>(BlockSearch search, SubBlocks found, bool isWeighted)
    {
        NonlinearFour.Search<T>(search, SubLength);
        T.Load(search.Scales).Store(found.Scales);
    }

    /// <inheritdoc/>
    protected override void Finish<T>(float* x, SubBlocks found, bool isWeighted, byte* block)
    {
        float step = -SignedScales.Largest(found.Scales, Subs) / Levels, inverse = step == 0 ? 0 : 1 / step;
        StoreScale(block, step);
        new Span<byte>(block + 2, 6).Clear();
        for (int sub = 0; sub < Subs; sub++)
        {
            int scale = Rounding.Nearest(inverse * found.Scales[sub], -Levels, Levels - 1);
            float by = step * scale;
            T unit = T.All(by == 0 ? 0 : 1 / by);
            byte* codes = found.Codes(sub, SubLength);
            for (int i = 0; i < SubLength; i += T.Count)
            {
                NonlinearFour.Code(unit * T.Load(x + (sub * SubLength) + i)).StoreBytes(codes + i);
            }

            Nibbles.Pack16(codes, block + CodesOffset + (16 * sub));
            scale += Levels;
            block[4 + (sub / 2)] |= (byte)((scale & 15) << (sub % 2 * 4));
            block[2 + (sub / 4)] |= (byte)(scale >> 4 << (sub % 4 * 2));
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float d = ReadScale(block);
        for (int sub = 0; sub < Subs; sub++)
        {
            int scale = (block[4 + (sub / 2)] >> (sub % 2 * 4) & 15) | ((block[2 + (sub / 4)] >> (sub % 4 * 2) & 3) << 4);
            float step = d * (scale - Levels);
            for (int i = 0; i < 16; i++)
            {
                byte codes = block[CodesOffset + (16 * sub) + i];
                values[(sub * SubLength) + i] = step * NonlinearFour.Values[codes & 15];
                values[(sub * SubLength) + 16 + i] = step * NonlinearFour.Values[codes >> 4];
            }
        }
    }
}
