using System;
using System.Collections.Immutable;
using System.Numerics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>ggml's GGUF, versions 2 and 3, little-endian; version 3 is written.</summary>
/// <remarks>
/// <code>
/// 'GGUF' | version u32 | tensors i64 | pairs i64 | pairs ... | tensor infos ... | zeros to alignment | data, each tensor padded to alignment
/// pair:  key | type u32 | value              string: bytes u64, UTF-8           array: element type u32, count u64, elements
/// info:  name | rank u32 | dimensions u64, innermost first | ggml type u32 | offset in the data u64
/// </code>
/// Specification: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. What the reference reader lets pass and this one refuses: dimensions of 0, data that is not all there, bytes that are no text, empty
/// tensor names, zero bytes in names. Missing padding after the last tensor, and bytes that follow it, are accepted.
/// </remarks>
internal sealed class Gguf : Format
{
    /// <summary>The key that holds the alignment, as u32.</summary>
    internal const string AlignmentKey = "general.alignment";

    /// <summary>The alignment where the key is absent.</summary>
    internal const int DefaultAlignment = 32;

    /// <summary>The most bytes of a tensor's name: the reference keeps it in 64 with a terminator.</summary>
    internal const int NameLimit = 63;

    /// <summary>The most dimensions of a tensor.</summary>
    internal const int RankLimit = 4;

    /// <summary>The version that is written.</summary>
    internal const uint Version = 3;

    /// <inheritdoc/>
    public override string Name => "gguf";

    /// <summary>The file's first bytes.</summary>
    internal static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head, long length) => head.StartsWith(Magic);

    /// <inheritdoc/>
    public override TensorFile Read(ByteSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new GgufReader(source).Read();
    }

    /// <inheritdoc/>
    /// <remarks>Tensors keep their order. A file without tensors ends with its header, as the reference converter's vocabulary files do.</remarks>
    public override FilePlan Plan(string path, TensorFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var writer = new GgufWriter(path, file.Metadata);
        writer.WriteHeader(file.Tensors.Count);

        long[] offsets = new long[file.Tensors.Count];
        long end = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = end;
            writer.WriteTensor(file.Tensors[i], end);
            end = Align(checked(end + file.Tensors[i].ByteCount), writer.Alignment);
        }

        byte[] head = writer.Finish(pad: offsets.Length > 0);
        ImmutableArray<Slot>.Builder slots = ImmutableArray.CreateBuilder<Slot>(offsets.Length);
        for (int i = 0; i < offsets.Length; i++)
        {
            slots.Add(new Slot(head.Length + offsets[i], file.Tensors[i].ByteCount, file.Tensors[i]));
        }

        return new FilePlan(path, head.Length + end, head, slots.MoveToImmutable());
    }

    /// <summary>Whether a number may be an alignment.</summary>
    /// <param name="alignment">The number.</param>
    /// <returns>True for powers of two.</returns>
    internal static bool IsAlignment(uint alignment) => BitOperations.IsPow2(alignment);

    /// <summary>The first multiple of an alignment at or after a position.</summary>
    /// <param name="position">At least 0.</param>
    /// <param name="alignment">A power of two.</param>
    /// <returns>The aligned position.</returns>
    /// <exception cref="OverflowException">It passes 2^63 - 1.</exception>
    internal static long Align(long position, long alignment) => checked(position + alignment - 1) & -alignment;
}
