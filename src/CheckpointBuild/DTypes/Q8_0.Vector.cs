using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CheckpointBuild.DTypes;

/// <content>Vector form. The largest magnitude does not depend on the order in which it is looked for; everything else is one operation per lane.</content>
internal sealed partial class Q8_0
{
    // The largest number below a half: added with the number's sign it makes truncation round half away from zero, as long as the sum's own rounding keeps the part exact (|x| below 2^23).
    private const float BelowHalf = 0.49999997f;

    private static void EncodeBlockVector(ReadOnlySpan<float> values, Span<byte> block)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            EncodeBlock(values, block);
            return;
        }

        float largest = LargestMagnitude(values);
        float scale = largest / 127f;
        float inverse = scale == 0 ? 0 : 1f / scale;
        if (!float.IsFinite(inverse) || !float.IsFinite(largest))
        {
            EncodeBlock(values, block);
            return;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(block, Float16.FromSingle(scale));
        if (Avx512F.IsSupported)
        {
            Vector512<float> by = Vector512.Create(inverse);
            Avx512F.ConvertToVector128SByte(Round(Vector512.Create(values) * by)).AsByte().CopyTo(block[2..]);
            Avx512F.ConvertToVector128SByte(Round(Vector512.Create(values[16..]) * by)).AsByte().CopyTo(block[18..]);
        }
        else
        {
            Vector256<float> by = Vector256.Create(inverse);
            Vector256<short> low = Vector256.Narrow(Round(Vector256.Create(values) * by), Round(Vector256.Create(values[8..]) * by));
            Vector256<short> high = Vector256.Narrow(Round(Vector256.Create(values[16..]) * by), Round(Vector256.Create(values[24..]) * by));
            Vector256.Narrow(low, high).AsByte().CopyTo(block[2..]);
        }
    }

    // Bits of magnitudes are in the order of the magnitudes, NaN behind infinity: no comparison of floats is needed.
    private static float LargestMagnitude(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        Vector256<int> mask = Vector256.Create(int.MaxValue);
        Vector256<int> most = Vector256.Max(
            Vector256.Max(Vector256.Create(bits) & mask, Vector256.Create(bits[8..]) & mask),
            Vector256.Max(Vector256.Create(bits[16..]) & mask, Vector256.Create(bits[24..]) & mask));
        Vector128<int> half = Vector128.Max(most.GetLower(), most.GetUpper());
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return BitConverter.Int32BitsToSingle(Math.Max(half[0], half[1]));
    }

    private static Vector512<int> Round(Vector512<float> x) => Vector512.ConvertToInt32Native(x + ((x & Vector512.Create(-0.0f)) | Vector512.Create(BelowHalf)));

    private static Vector256<int> Round(Vector256<float> x) => Vector256.ConvertToInt32Native(x + ((x & Vector256.Create(-0.0f)) | Vector256.Create(BelowHalf)));

    private static void DecodeBlockVector(ReadOnlySpan<byte> block, Span<float> values)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            DecodeBlock(block, values);
            return;
        }

        Vector256<float> scale = Vector256.Create(Float16.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(block)));
        (Vector256<short> low, Vector256<short> high) = Vector256.Widen(Vector256.Create(block[2..]).AsSByte());
        (Vector256<int> a, Vector256<int> b) = Vector256.Widen(low);
        (Vector256<int> c, Vector256<int> d) = Vector256.Widen(high);
        (scale * Vector256.ConvertToSingle(a)).CopyTo(values);
        (scale * Vector256.ConvertToSingle(b)).CopyTo(values[8..]);
        (scale * Vector256.ConvertToSingle(c)).CopyTo(values[16..]);
        (scale * Vector256.ConvertToSingle(d)).CopyTo(values[24..]);
    }
}
