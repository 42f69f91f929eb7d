using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace CheckpointBuild.Tests.Readers;

/// <summary>ggml's number layouts as the tests know them: written down here from the format's definition, not taken from the product.</summary>
/// <param name="Id">What GGUF writes for it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Block">Numbers in a block.</param>
/// <param name="Bytes">Bytes of a block.</param>
/// <param name="Scales">Where in a block binary16 scales stand.</param>
internal sealed record GgmlType(int Id, string Name, int Block, int Bytes, params int[] Scales)
{
    private static readonly GgmlType[] All =
    [
        new(0, "F32", 1, 4), new(1, "F16", 1, 2), new(30, "BF16", 1, 2), new(28, "F64", 1, 8),
        new(24, "I8", 1, 1), new(25, "I16", 1, 2), new(26, "I32", 1, 4), new(27, "I64", 1, 8),
        new(2, "Q4_0", 32, 18, 0), new(3, "Q4_1", 32, 20, 0, 2), new(6, "Q5_0", 32, 22, 0), new(7, "Q5_1", 32, 24, 0, 2), new(8, "Q8_0", 32, 34, 0),
        new(10, "Q2_K", 256, 84, 80, 82), new(11, "Q3_K", 256, 110, 108), new(12, "Q4_K", 256, 144, 0, 2), new(13, "Q5_K", 256, 176, 0, 2), new(14, "Q6_K", 256, 210, 208),
        new(16, "IQ2_XXS", 256, 66, 0), new(17, "IQ2_XS", 256, 74, 0), new(22, "IQ2_S", 256, 82, 0), new(18, "IQ3_XXS", 256, 98, 0), new(21, "IQ3_S", 256, 110, 0),
        new(19, "IQ1_S", 256, 50, 0), new(29, "IQ1_M", 256, 56), new(20, "IQ4_NL", 32, 18, 0), new(23, "IQ4_XS", 256, 136, 0),
        new(41, "Q1_0", 128, 18, 0), new(42, "Q2_0", 64, 18, 0),
        new(34, "TQ1_0", 256, 54, 52), new(35, "TQ2_0", 256, 66, 64), new(39, "MXFP4", 32, 17), new(40, "NVFP4", 64, 36),
    ];

    private static readonly Dictionary<int, GgmlType> ById = MakeIndex();

    /// <summary>The layout that a GGUF file names.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>The layout.</returns>
    public static GgmlType Of(uint id) => ById.TryGetValue(checked((int)id), out GgmlType? type) ? type : throw new InvalidDataException($"{id} is no ggml type that the tests know");

    /// <summary>The bytes of a number of elements.</summary>
    /// <param name="elements">Whole blocks.</param>
    /// <returns>Bytes.</returns>
    public long SizeOf(long elements) => elements % Block == 0 ? elements / Block * Bytes : throw new InvalidDataException($"{elements} elements are no whole blocks of {Name}");

    /// <summary>Looks for a number or a scale that is NaN or infinite.</summary>
    /// <param name="data">Whole blocks.</param>
    /// <returns>The index of the block that holds the first one, or -1.</returns>
    public int FindNotFinite(ReadOnlySpan<byte> data)
    {
        for (int block = 0; block < data.Length / Bytes; block++)
        {
            if (!IsFinite(data.Slice(block * Bytes, Bytes)))
            {
                return block;
            }
        }

        return -1;
    }

    /// <summary>Reads numbers, for the layouts in which our own files are checked number by number.</summary>
    /// <param name="data">Whole blocks.</param>
    /// <returns>The numbers.</returns>
    public float[] Decode(ReadOnlySpan<byte> data)
    {
        float[] values = new float[data.Length / Bytes * Block];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> block = data.Slice(i / Block * Bytes, Bytes);
            values[i] = Name switch
            {
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(block),
                "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(block),
                "BF16" => BFloat16(block),
                "Q8_0" => (float)BinaryPrimitives.ReadHalfLittleEndian(block) * (sbyte)block[2 + (i % Block)],
                _ => throw new InvalidDataException($"the tests have no decoder for {Name}"),
            };
        }

        return values;
    }

    /// <summary>Reads a bfloat16.</summary>
    /// <param name="bytes">Two bytes.</param>
    /// <returns>The number.</returns>
    public static float BFloat16(ReadOnlySpan<byte> bytes) => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16);

    private bool IsFinite(ReadOnlySpan<byte> block)
    {
        foreach (int scale in Scales)
        {
            if (!Half.IsFinite(BinaryPrimitives.ReadHalfLittleEndian(block[scale..])))
            {
                return false;
            }
        }

        return Name switch
        {
            "F32" => float.IsFinite(BinaryPrimitives.ReadSingleLittleEndian(block)),
            "F16" => Half.IsFinite(BinaryPrimitives.ReadHalfLittleEndian(block)),
            "BF16" => float.IsFinite(BFloat16(block)),
            "F64" => double.IsFinite(BinaryPrimitives.ReadDoubleLittleEndian(block)),
            _ => true,
        };
    }

    private static Dictionary<int, GgmlType> MakeIndex()
    {
        var index = new Dictionary<int, GgmlType>();
        foreach (GgmlType type in All)
        {
            index.Add(type.Id, type);
        }

        return index;
    }
}
