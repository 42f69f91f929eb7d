using System;
using System.Runtime.InteropServices;

namespace CheckpointBuild.DTypes;

/// <summary>IEEE 754 binary32, little-endian. Encoding and decoding copy bits, NaN payloads included.</summary>
internal sealed class Float32() : DType("F32", "float32")
{
    /// <inheritdoc/>
    public override int BlockBytes => sizeof(float);

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public override string? SafetensorsName => "F32";

    /// <inheritdoc/>
    public override int? GgmlType => 0;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<float> values, int columns, Planes destination) => MemoryMarshal.AsBytes(values).CopyTo(destination.Codes);

    /// <inheritdoc/>
    public override void Decode(Planes source, int columns, Span<float> values) => source.Codes[..(values.Length * sizeof(float))].CopyTo(MemoryMarshal.AsBytes(values));
}
