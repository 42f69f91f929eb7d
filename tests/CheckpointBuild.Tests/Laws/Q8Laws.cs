using System;
using System.Buffers.Binary;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Q8_0 against its scalar specification, on blocks that are hard for rounding and for scales.</summary>
public sealed class Q8Laws
{
    private const int Blocks = 4096;

    // One float32 step of rounding for each of the two operations before the code is rounded.
    private const float Steps = 2 * 127f / (1 << 23);

    [Fact]
    public void Encode_equals_the_scalar_specification_bit_for_bit()
    {
        foreach (float[] values in (float[][])[HardNumbers.All, HardNumbers.Moderate, Ties(), Weights()])
        {
            byte[] expected = new byte[values.Length / Q8_0.Length * Q8_0.Bytes];
            for (int block = 0; block < values.Length / Q8_0.Length; block++)
            {
                Q8_0.EncodeBlock(values.AsSpan(block * Q8_0.Length, Q8_0.Length), expected.AsSpan(block * Q8_0.Bytes, Q8_0.Bytes));
            }

            Assert.Equal(Hash.Of(expected), Hash.Of(DTypeRows.Encode(DType.Q8_0, values, Q8_0.Length).Bytes));
        }
    }

    [Fact]
    public void Decode_of_every_scale_equals_the_scalar_specification_bit_for_bit()
    {
        byte[] block = new byte[Q8_0.Bytes];
        new SeededRandom(3).Fill(block);
        float[] expected = new float[Q8_0.Length];
        float[] actual = new float[Q8_0.Length];

        for (int scale = 0; scale < 1 << 16; scale++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)scale);
            Q8_0.DecodeBlock(block, expected);
            DType.Q8_0.Decode(new Planes(block), Q8_0.Length, actual);
            if (!MemoryMarshal.Cast<float, uint>(actual).SequenceEqual(MemoryMarshal.Cast<float, uint>(expected)))
            {
                Assert.Fail($"scale 0x{scale:X4}: vector and scalar differ");
            }
        }
    }

    [Fact]
    public void Encode_chooses_the_nearest_code_of_the_unrounded_scale()
    {
        float[] values = Weights();
        byte[] blocks = DTypeRows.Encode(DType.Q8_0, values, Q8_0.Length).Bytes;

        for (int i = 0; i < values.Length; i++)
        {
            int block = i / Q8_0.Length;
            double scale = values.AsSpan(block * Q8_0.Length, Q8_0.Length).ToArray().Max(MathF.Abs) / 127.0;
            int code = (sbyte)blocks[(block * Q8_0.Bytes) + 2 + (i % Q8_0.Length)];
            Assert.True(Math.Abs((values[i] / scale) - code) <= 0.5 + Steps, $"{i}: {values[i]:G9} / {scale:G9} became {code}");
        }
    }

    [Fact]
    public void FindBrokenScale_finds_the_first_scale_that_is_not_finite()
    {
        byte[] blocks = new byte[5 * Q8_0.Bytes];
        Assert.Equal(-1, DType.Q8_0.FindBrokenScale(new Planes(blocks), 5 * Q8_0.Length));

        foreach (ushort broken in (ushort[])[0x7C00, 0xFC00, 0x7E00, 0x7C01])
        {
            BinaryPrimitives.WriteUInt16LittleEndian(blocks.AsSpan(3 * Q8_0.Bytes), broken);
            Assert.Equal(3 * Q8_0.Length, DType.Q8_0.FindBrokenScale(new Planes(blocks), 5 * Q8_0.Length));
        }
    }

    private static float[] Weights()
    {
        var random = new SeededRandom(5);
        return [.. Enumerable.Range(0, Blocks * Q8_0.Length).Select(_ => random.NextWeight())];
    }

    // The largest number of each block is 127·2^k, so that the scale is a power of two and every half is an exact tie.
    private static float[] Ties() => [.. Enumerable.Range(0, Blocks).SelectMany(block =>
        Enumerable.Range(0, Q8_0.Length).Select(i => MathF.ScaleB(i == 0 ? 127 : (((block + i) % 254) - 127) + (i % 2 == 0 ? 0.5f : -0.5f), (block % 60) - 30)))];
}
