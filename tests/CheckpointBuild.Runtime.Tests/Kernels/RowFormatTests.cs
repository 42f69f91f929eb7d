using System;
using System.Linq;
using System.Runtime.Intrinsics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Runtime.Kernels;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Kernels;

/// <summary>Reading stored numbers in registers gives what the dtype's own decoding gives.</summary>
public sealed unsafe class RowFormatTests
{
    [Fact]
    public void Single_gives_every_finite_float16()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            ushort stored = (ushort)bits;
            float expected = Float16.ToSingle(stored);
            if (float.IsFinite(expected))
            {
                Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(Float16Rows.Single((byte*)&stored, 0)));
            }
        }
    }

    [Fact]
    public void Vectors_of_float16_give_what_single_numbers_give() => Compare<Float16Rows>([.. Enumerable.Range(0, 1 << 16).Select(b => (ushort)b).Where(b => (b & 0x7C00) != 0x7C00).SelectMany(BitConverter.GetBytes)]);

    [Fact]
    public void Vectors_of_bfloat16_give_what_single_numbers_give() => Compare<BFloat16Rows>([.. Enumerable.Range(0, 1 << 16).Select(b => (ushort)b).Where(b => (b & 0x7F80) != 0x7F80).SelectMany(BitConverter.GetBytes)]);

    [Fact]
    public void Vectors_of_float32_give_what_single_numbers_give() => Compare<Float32Rows>([.. SeededNumbers.Of(5, 512).SelectMany(BitConverter.GetBytes)]);

    [Fact]
    public void Vectors_of_q8_0_give_what_single_numbers_give()
    {
        byte[] blocks = new byte[64 * 34];
        DType.Q8_0.Encode(SeededNumbers.Of(7, 64 * 32), 64 * 32, new Planes(blocks));
        Compare<Q8_0Rows>(blocks);
    }

    [Fact]
    public void Vectors_of_q4_0_give_what_single_numbers_give()
    {
        byte[] blocks = new byte[64 * 18];
        DType.Q4_0.Encode(SeededNumbers.Of(9, 64 * 32), 64 * 32, new Planes(blocks));
        Compare<Q4_0Rows>(blocks);
    }

    [Fact]
    public void Single_gives_what_q4_0_decodes()
    {
        byte[] blocks = new byte[64 * 18];
        float[] values = new float[64 * 32];
        DType.Q4_0.Encode(SeededNumbers.Of(9, 64 * 32), 64 * 32, new Planes(blocks));
        DType.Q4_0.Decode(new Planes(blocks), 64 * 32, values);
        fixed (byte* row = blocks)
        {
            for (int i = 0; i < values.Length; i++)
            {
                Assert.Equal(BitConverter.SingleToUInt32Bits(values[i]), BitConverter.SingleToUInt32Bits(Q4_0Rows.Single(row, i)));
            }
        }
    }

    private static void Compare<T>(byte[] row)
        where T : struct, IRowFormat
    {
        fixed (byte* bytes = row)
        {
            for (int step = 0; step < row.Length / T.StepBytes; step++)
            {
                byte* at = bytes + (step * T.StepBytes);
                float[] expected = new float[T.StepColumns];
                for (int column = 0; column < expected.Length; column++)
                {
                    expected[column] = T.Single(at, column);
                }

                for (int column = 0; column < expected.Length; column += 8)
                {
                    Assert.Equal(expected[column..(column + 8)], Numbers(T.Load8(at, column / 8)));
                    if (Vector512.IsHardwareAccelerated && column % 16 == 0)
                    {
                        Assert.Equal(expected[column..(column + 16)], Numbers(T.Load16(at, column / 16)));
                    }
                }
            }
        }
    }

    private static float[] Numbers(Vector256<float> vector) => [.. Enumerable.Range(0, 8).Select(i => vector[i])];

    private static float[] Numbers(Vector512<float> vector) => [.. Enumerable.Range(0, 16).Select(i => vector[i])];
}
