using System;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace CheckpointBuild.DTypes;

/// <summary>IEEE 754 binary64, little-endian. Decoding rounds to binary32 to nearest, ties to even; a finite number beyond binary32 becomes the largest finite one, so that no infinity arises unseen.</summary>
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
    public override void Decode(Planes source, int columns, Span<float> values)
    {
        ReadOnlySpan<double> doubles = MemoryMarshal.Cast<byte, double>(source.Codes)[..values.Length];
        TensorPrimitives.ConvertTruncating<double, float>(doubles, values);
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsInfinity(values[i]) && double.IsFinite(doubles[i]))
            {
                values[i] = MathF.CopySign(float.MaxValue, values[i]);
            }
        }
    }
}
