using System;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace CheckpointBuild.DTypes;

/// <summary>IEEE 754 binary64, little-endian. Decoding rounds to binary32 to nearest, ties to even.</summary>
internal sealed class Float64() : DType("F64", "float64")
{
    /// <inheritdoc/>
    public override int BlockBytes => sizeof(double);

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public override string? SafetensorsName => "F64";

    /// <inheritdoc/>
    public override int? GgmlType => 28;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, int columns, Planes destination) =>
        TensorPrimitives.ConvertTruncating(values, MemoryMarshal.Cast<byte, double>(destination.Codes));

    /// <inheritdoc/>
    public override void Decode(Planes source, int columns, Span<float> values) =>
        TensorPrimitives.ConvertTruncating<double, float>(MemoryMarshal.Cast<byte, double>(source.Codes)[..values.Length], values);
}
