using System;
using System.Runtime.InteropServices;

namespace CheckpointBuild.DTypes;

/// <summary>IEEE 754 binary16, little-endian: 1 sign, 5 exponent, 10 mantissa bits.</summary>
/// <remarks>
/// Encoding rounds to nearest, ties to even; what rounds beyond 65,504 becomes infinity; subnormals are kept; a NaN keeps its sign and the upper ten payload bits and becomes quiet,
/// as x86's VCVTPS2PH and the numpy behind llama.cpp's converter do. Decoding is exact; a signalling NaN becomes quiet (VCVTPH2PS).
/// </remarks>
internal sealed partial class Float16() : DType("F16", "float16")
{
    /// <inheritdoc/>
    public override int BlockBytes => sizeof(ushort);

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public override string? SafetensorsName => "F16";

    /// <inheritdoc/>
    public override int? GgmlType => 1;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, int columns, Planes destination) =>
        EncodeVector(values, MemoryMarshal.Cast<byte, ushort>(destination.Codes));

    /// <inheritdoc/>
    public override void Decode(Planes source, int columns, Span<float> values) =>
        DecodeVector(MemoryMarshal.Cast<byte, ushort>(source.Codes), values);

    /// <summary>The specification of encoding: one number.</summary>
    /// <param name="value">Any binary32.</param>
    /// <returns>The bits of the nearest binary16.</returns>
    internal static ushort FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint sign = (bits >> 16) & 0x8000;
        uint magnitude = bits & 0x7FFF_FFFF;

        if (magnitude > 0x7F80_0000)
        {
            return (ushort)(sign | 0x7E00 | ((magnitude >> 13) & 0x03FF));
        }

        if (magnitude >= 0x477F_F000)
        {
            return (ushort)(sign | 0x7C00);
        }

        if (magnitude < 0x3880_0000)
        {
            // Below 2^-14 the result is a multiple of 2^-24: adding 0.5 makes the adder round to it, ties to even.
            float shifted = BitConverter.UInt32BitsToSingle(magnitude) + 0.5f;
            return (ushort)(sign | (BitConverter.SingleToUInt32Bits(shifted) - 0x3F00_0000));
        }

        // Rebias the exponent by 112, and round half to even on the 13 bits that go.
        uint rounded = magnitude - 0x3800_0000 + 0x0FFF + ((magnitude >> 13) & 1);
        return (ushort)(sign | (rounded >> 13));
    }

    /// <summary>The specification of decoding: one number.</summary>
    /// <param name="bits">Any binary16.</param>
    /// <returns>The same number as binary32.</returns>
    internal static float ToSingle(ushort bits)
    {
        uint sign = (uint)(bits & 0x8000) << 16;
        uint magnitude = (uint)(bits & 0x7FFF) << 13;

        if (magnitude > 0x0F80_0000)
        {
            return BitConverter.UInt32BitsToSingle(sign | 0x7FC0_0000 | magnitude);
        }

        if (magnitude == 0x0F80_0000)
        {
            return BitConverter.UInt32BitsToSingle(sign | 0x7F80_0000);
        }

        // As binary32 the bits mean a number 2^112 times too small, subnormals included; the product is exact.
        float scaled = BitConverter.UInt32BitsToSingle(magnitude) * BitConverter.UInt32BitsToSingle(0x7780_0000);
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(scaled) | sign);
    }
}
