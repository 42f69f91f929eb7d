using System;
using System.Buffers.Binary;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q8_K: 256 columns in 292 bytes. Value = d · code; the sums of the codes of every 16 columns stand behind.</summary>
/// <remarks>
/// <code>
/// byte  0 .. 3 | 4 ............. 259     | 260 .......... 291
///       d f32  | q[0] .. q[255]  (int8)  | sum[0] .. sum[15]  (int16)
/// </code>
/// Encoding is ggml's <c>quantize_row_q8_K_ref</c>: the number of largest magnitude becomes the code -127, whatever its sign.
/// </remarks>
internal sealed unsafe class Q8_K() : BlockDType("Q8_K", 15, Length, 292)
{
    private const int Length = 256;
    private const int CodeOffset = 4;
    private const int SumOffset = 260;
    private const int Summed = 16;
    private const int Most = 127;

    /// <inheritdoc/>
    internal override bool IsOfActivations => true;

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            EncodeBlock(rows.Values(i, Length), rows.Block(i, BlockBytes));
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float scale = *(float*)block;
        for (int i = 0; i < Length; i++)
        {
            values[i] = scale * (sbyte)block[CodeOffset + i];
        }
    }

    /// <inheritdoc/>
    protected override bool IsBroken(ReadOnlySpan<byte> block) => !float.IsFinite(BinaryPrimitives.ReadSingleLittleEndian(block));

    /// <inheritdoc/>
    protected override void WriteBroken(Span<byte> block)
    {
        block.Clear();
        BinaryPrimitives.WriteSingleLittleEndian(block, float.NaN);
    }

    private static void EncodeBlock(float* values, byte* block)
    {
        float largest = 0;
        for (int i = 0; i < Length; i++)
        {
            largest = MathF.Abs(values[i]) > MathF.Abs(largest) ? values[i] : largest;
        }

        float inverse = largest == 0 ? 0 : -Most / largest;
        *(float*)block = largest == 0 ? 0 : 1 / inverse;
        short* sums = (short*)(block + SumOffset);
        for (int group = 0; group < Length / Summed; group++)
        {
            int sum = 0;
            for (int i = group * Summed; i < (group + 1) * Summed; i++)
            {
                int code = Math.Min(Most, Rounding.Nearest(inverse * values[i]));
                block[CodeOffset + i] = (byte)code;
                sum += (sbyte)code;
            }

            sums[group] = (short)sum;
        }
    }
}
