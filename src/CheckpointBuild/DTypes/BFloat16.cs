using System;
using System.Runtime.InteropServices;

namespace CheckpointBuild.DTypes;

/// <summary>The upper half of binary32, little-endian: 1 sign, 8 exponent, 7 mantissa bits.</summary>
/// <remarks>Encoding rounds to nearest, ties to even; a NaN keeps its upper bits and becomes quiet (ggml's <c>ggml_compute_fp32_to_bf16</c>). Decoding is exact.</remarks>
internal sealed partial class BFloat16() : DType("BF16", "bfloat16")
{
    /// <inheritdoc/>
    public override int BlockBytes => sizeof(ushort);

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public override string? SafetensorsName => "BF16";

    /// <inheritdoc/>
    public override int? GgmlType => 30;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, int columns, Planes destination) =>
        EncodeVector(MemoryMarshal.Cast<float, uint>(values), MemoryMarshal.Cast<byte, ushort>(destination.Codes));

    /// <inheritdoc/>
    public override void Decode(Planes source, int columns, Span<float> values) =>
        DecodeVector(MemoryMarshal.Cast<byte, ushort>(source.Codes), MemoryMarshal.Cast<float, uint>(values));

    /// <summary>The specification of encoding: one number.</summary>
    /// <param name="bits">The bits of any binary32.</param>
    /// <returns>The bits of the nearest bfloat16.</returns>
    internal static ushort FromSingleBits(uint bits) => (bits & 0x7FFF_FFFF) > 0x7F80_0000
        ? (ushort)((bits >> 16) | 0x0040)
        : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);

    /// <summary>The specification of decoding: one number.</summary>
    /// <param name="bits">The bits of any bfloat16.</param>
    /// <returns>The bits of the same number as binary32.</returns>
    internal static uint ToSingleBits(ushort bits) => (uint)bits << 16;
}
