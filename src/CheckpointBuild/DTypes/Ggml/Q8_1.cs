using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q8_1: 32 columns in 36 bytes. Value = d · code; the sum of all values stands beside it.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2  3 | 4 ............. 35
///       d f16| s f16| q[0] .. q[31]  (int8)
/// </code>
/// Encoding is ggml's <c>quantize_row_q8_1_ref</c>: as <see cref="DTypes.Q8_0"/>, and s = d · the sum of the codes, with d before it is rounded.
/// </remarks>
internal sealed unsafe class Q8_1() : BlockDType("Q8_1", 9, Length, 36)
{
    private const int Length = 32;
    private const int SumOffset = 2;
    private const int CodeOffset = 4;

    /// <inheritdoc/>
    internal override bool IsOfActivations => true;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ScaleOffsets => [0, SumOffset];

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
        float scale = ReadScale(block);
        for (int i = 0; i < Length; i++)
        {
            values[i] = scale * (sbyte)block[CodeOffset + i];
        }
    }

    private static void EncodeBlock(float* values, byte* block)
    {
        float largest = 0;
        for (int i = 0; i < Length; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(values[i]));
        }

        float scale = largest / 127f, inverse = scale == 0 ? 0 : 1f / scale;
        int sum = 0;
        for (int i = 0; i < Length; i++)
        {
            // Of a block so small that the reciprocal overflows, the reference's cast is undefined.
            float code = values[i] * inverse;
            sbyte rounded = float.IsFinite(code) ? (sbyte)MathF.Round(code, MidpointRounding.AwayFromZero) : (sbyte)0;
            block[CodeOffset + i] = (byte)rounded;
            sum += rounded;
        }

        StoreScale(block, scale);
        StoreScale(block + SumOffset, sum * scale);
    }
}
