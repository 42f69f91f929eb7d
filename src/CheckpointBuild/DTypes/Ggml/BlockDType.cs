using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>One of ggml's types: blocks of columns that share scales, all in one plane. Bytes are those of the x86-64 reference.</summary>
/// <remarks>
/// Encoding is written once over <see cref="ILanes{TSelf}"/>; one lane is the scalar form. A block with a NaN or infinity, which the reference does not define, is written as zeros behind a scale of NaN where the
/// type's scale can say so.
/// </remarks>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockLength">Columns of a block.</param>
/// <param name="blockBytes">Bytes of a block.</param>
internal abstract unsafe class BlockDType(string name, int ggmlType, int blockLength, int blockBytes) : DType(name, name.ToLowerInvariant())
{
    private const ushort QuietNaN = 0x7E00;

    /// <inheritdoc/>
    public sealed override int BlockLength => blockLength;

    /// <inheritdoc/>
    public sealed override int BlockBytes => blockBytes;

    /// <inheritdoc/>
    public sealed override bool IsQuantized => true;

    /// <inheritdoc/>
    public sealed override int? GgmlType => ggmlType;

    /// <summary>Where in a block its binary16 scales lie.</summary>
    protected virtual ReadOnlySpan<byte> ScaleOffsets => [0];

    /// <inheritdoc/>
    public sealed override void Encode(ReadOnlySpan<float> values, int columns, Planes destination) => EncodeWeighted(values, default, columns, destination);

    /// <inheritdoc/>
    public sealed override void EncodeWeighted(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, int columns, Planes destination)
    {
        if (importance.Length != 0 && importance.Length < columns)
        {
            throw new ArgumentException($"{importance.Length} weights of {columns} columns.", nameof(importance));
        }

        Span<byte> blocks = destination.Codes[..CodeBytes(values.Length)];
        if (IsFinite(values))
        {
            EncodeFinite(values, importance, columns, blocks);
        }
        else
        {
            EncodeFaulty(values, importance, columns, blocks);
        }
    }

    /// <inheritdoc/>
    public sealed override void Decode(Planes source, int columns, Span<float> values)
    {
        fixed (byte* blocks = source.Codes[..CodeBytes(values.Length)])
        fixed (float* target = values)
        {
            for (int i = 0, count = values.Length / blockLength; i < count; i++)
            {
                DecodeBlock(blocks + ((long)i * blockBytes), target + ((long)i * blockLength));
            }
        }
    }

    /// <inheritdoc/>
    public sealed override long FindBrokenScale(Planes source, int columns)
    {
        ReadOnlySpan<byte> blocks = source.Codes;
        for (int block = 0; block <= blocks.Length - blockBytes; block += blockBytes)
        {
            if (IsBroken(blocks.Slice(block, blockBytes)))
            {
                return (long)(block / blockBytes) * blockLength;
            }
        }

        return -1;
    }

    /// <summary>Whether a scale of a block is NaN or infinite.</summary>
    /// <param name="block">The block.</param>
    /// <returns>True where one is.</returns>
    protected virtual bool IsBroken(ReadOnlySpan<byte> block)
    {
        foreach (byte offset in ScaleOffsets)
        {
            if ((BinaryPrimitives.ReadUInt16LittleEndian(block[offset..]) & 0x7C00) == 0x7C00)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a block whose numbers cannot be coded: zeros, behind a scale of NaN where the type's scale can say so.</summary>
    /// <param name="block">The block.</param>
    protected virtual void WriteBroken(Span<byte> block)
    {
        block.Clear();
        foreach (byte offset in ScaleOffsets)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(block[offset..], QuietNaN);
        }
    }

    /// <summary>Encodes blocks.</summary>
    /// <typeparam name="T">How many sub-blocks are searched together; the bytes do not depend on it.</typeparam>
    /// <param name="rows">The blocks.</param>
    internal abstract void Encode<T>(BlockRows rows)
        where T : struct, ILanes<T>;

    /// <summary>The specification of decoding: one block.</summary>
    /// <param name="block">Its bytes.</param>
    /// <param name="values">Receives its numbers.</param>
    protected abstract void DecodeBlock(byte* block, float* values);

    /// <summary>Reads a binary16 scale.</summary>
    /// <param name="block">Where it lies.</param>
    /// <returns>The same number.</returns>
    protected static float ReadScale(byte* block) => Float16.ToSingle(*(ushort*)block);

    /// <summary>Writes a scale as binary16, where nobody asks what became of it.</summary>
    /// <param name="block">Where it goes.</param>
    /// <param name="scale">The scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void StoreScale(byte* block, float scale) => *(ushort*)block = Rounding.Scale(scale);

    /// <summary>Writes a scale as binary16.</summary>
    /// <param name="block">Where it goes.</param>
    /// <param name="scale">The scale.</param>
    /// <returns>What was written, read back.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static float WriteScale(byte* block, float scale)
    {
        ushort bits = Rounding.Scale(scale);
        *(ushort*)block = bits;
        return Float16.ToSingle(bits);
    }

    // Pointers walk over what these lengths say.
    private int CodeBytes(int count) => count % blockLength == 0 ? checked(count / blockLength * blockBytes) : throw new ArgumentException($"{count} numbers are no whole number of blocks of {blockLength}.");

    private void EncodeFinite(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, int columns, Span<byte> blocks)
    {
        fixed (float* source = values)
        fixed (float* weights = importance)
        fixed (byte* target = blocks)
        {
            var rows = new BlockRows(source, weights, columns, values.Length / blockLength, target);
            if (Vector512.IsHardwareAccelerated)
            {
                Encode<Lanes512>(rows);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                Encode<Lanes256>(rows);
            }
            else
            {
                Encode<Lane1>(rows);
            }
        }
    }

    private void EncodeFaulty(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, int columns, Span<byte> blocks)
    {
        float[] copy = ArrayPool<float>.Shared.Rent(values.Length);
        try
        {
            values.CopyTo(copy);
            for (int i = 0; i < values.Length; i += blockLength)
            {
                if (!IsFinite(values.Slice(i, blockLength)))
                {
                    copy.AsSpan(i, blockLength).Clear();
                }
            }

            EncodeFinite(copy.AsSpan(0, values.Length), importance, columns, blocks);
            for (int i = 0; i < values.Length; i += blockLength)
            {
                if (!IsFinite(values.Slice(i, blockLength)))
                {
                    WriteBroken(blocks.Slice(i / blockLength * blockBytes, blockBytes));
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(copy);
        }
    }

    // The largest magnitude of a NaN or infinity, seen as a whole number, is at least infinity's.
    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        uint largest = 0;
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<uint> most = default, mask = Vector256.Create(0x7FFF_FFFFu);
            for (; i <= bits.Length - 8; i += 8)
            {
                most = Vector256.Max(most, Vector256.Create(bits.Slice(i, 8)) & mask);
            }

            for (int lane = 0; lane < 8; lane++)
            {
                largest = Math.Max(largest, most[lane]);
            }
        }

        for (; i < bits.Length; i++)
        {
            largest = Math.Max(largest, bits[i] & 0x7FFF_FFFFu);
        }

        return largest < 0x7F80_0000u;
    }
}
