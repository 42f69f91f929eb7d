using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CheckpointBuild.DTypes;

/// <summary>ggml's Q8_0: blocks of 32 columns, a binary16 scale and 32 signed bytes. Value = scale × code.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ........ 33
///       d f16| q[0] .. q[31]  (int8)
/// </code>
/// Encoding is llama.cpp's <c>quantize_row_q8_0_ref</c>: d = max|x| / 127 in binary32, q = x · (1 / d) rounded half away from zero with the unrounded d; d is stored as binary16.
/// A block so small that 1 / d overflows gets codes of zero, where the reference's cast is undefined; so does a block with a NaN or infinity, whose scale says so.
/// </remarks>
internal sealed partial class Q8_0() : DType("Q8_0", "q8_0")
{
    /// <summary>Columns of one block.</summary>
    internal const int Length = 32;

    /// <summary>Bytes of one block.</summary>
    internal const int Bytes = 34;

    private const ushort QuietNaN = 0x7E00;
    private const ushort Infinity = 0x7C00;

    /// <inheritdoc/>
    public override int BlockLength => Length;

    /// <inheritdoc/>
    public override int BlockBytes => Bytes;

    /// <inheritdoc/>
    public override bool IsQuantized => true;

    /// <inheritdoc/>
    public override int? GgmlType => 8;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, int columns, Planes destination)
    {
        Span<byte> blocks = destination.Codes;
        for (int i = 0, b = 0; i < values.Length; i += Length, b += Bytes)
        {
            EncodeBlockVector(values.Slice(i, Length), blocks.Slice(b, Bytes));
        }
    }

    /// <inheritdoc/>
    public override void Decode(Planes source, int columns, Span<float> values)
    {
        ReadOnlySpan<byte> blocks = source.Codes;
        for (int i = 0, b = 0; i < values.Length; i += Length, b += Bytes)
        {
            DecodeBlockVector(blocks.Slice(b, Bytes), values.Slice(i, Length));
        }
    }

    /// <inheritdoc/>
    public override long FindBrokenScale(Planes source, int columns)
    {
        ReadOnlySpan<byte> blocks = source.Codes;
        for (int b = 0; b < blocks.Length; b += Bytes)
        {
            if ((BinaryPrimitives.ReadUInt16LittleEndian(blocks[b..]) & 0x7C00) == 0x7C00)
            {
                return (long)(b / Bytes) * Length;
            }
        }

        return -1;
    }

    /// <summary>The specification of encoding: one block.</summary>
    /// <param name="values">[32] numbers.</param>
    /// <param name="block">[34] bytes.</param>
    internal static void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        if (!float.IsFinite(largest))
        {
            // Which NaN comes out of a maximum depends on the processor; one form is written.
            block.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(block, float.IsNaN(largest) ? QuietNaN : Infinity);
            return;
        }

        float scale = largest / 127f;
        float inverse = scale == 0 ? 0 : 1f / scale;
        BinaryPrimitives.WriteUInt16LittleEndian(block, Float16.FromSingle(scale));
        for (int i = 0; i < Length; i++)
        {
            float code = values[i] * inverse;
            block[2 + i] = float.IsFinite(code) ? (byte)(sbyte)MathF.Round(code, MidpointRounding.AwayFromZero) : (byte)0;
        }
    }

    /// <summary>The specification of decoding: one block.</summary>
    /// <param name="block">[34] bytes.</param>
    /// <param name="values">[32] numbers.</param>
    internal static void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = Float16.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(block));
        ReadOnlySpan<sbyte> codes = MemoryMarshal.Cast<byte, sbyte>(block[2..]);
        for (int i = 0; i < Length; i++)
        {
            values[i] = scale * codes[i];
        }
    }
}
