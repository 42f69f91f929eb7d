using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Tests.Readers;

/// <summary>A tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">Its dtype as the header has it.</param>
/// <param name="Shape">Outermost first.</param>
/// <param name="Data">Its bytes.</param>
internal sealed record SafetensorsTensor(string Name, string DType, ImmutableArray<long> Shape, byte[] Data)
{
    /// <summary>Its numbers as float32.</summary>
    /// <returns>Row by row.</returns>
    public float[] Decode() => DType switch
    {
        "F32" => Numbers(4, BinaryPrimitives.ReadSingleLittleEndian),
        "F16" => Numbers(2, b => (float)BinaryPrimitives.ReadHalfLittleEndian(b)),
        "BF16" => Numbers(2, GgmlType.BFloat16),
        "F64" => Numbers(8, b => (float)BinaryPrimitives.ReadDoubleLittleEndian(b)),
        _ => throw new InvalidDataException($"{Name}: the tests have no decoder for {DType}"),
    };

    private float[] Numbers(int size, Func<ReadOnlySpan<byte>, float> read) => [.. Enumerable.Range(0, Data.Length / size).Select(i => read(Data.AsSpan(i * size, size)))];
}
