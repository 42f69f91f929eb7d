using System;
using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes;

/// <content>Vector form. The largest magnitude does not depend on the order in which it is looked for; everything else is one operation per lane.</content>
internal sealed partial class Q8_0
{
    private static void EncodeBlockVector(ReadOnlySpan<float> values, Span<byte> block)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            EncodeBlock(values, block);
            return;
        }

        Vector256<float> a = Vector256.Create(values), b = Vector256.Create(values[8..]), c = Vector256.Create(values[16..]), d = Vector256.Create(values[24..]);
        Vector256<float> most = Vector256.Max(Vector256.Max(Vector256.Abs(a), Vector256.Abs(b)), Vector256.Max(Vector256.Abs(c), Vector256.Abs(d)));
        Vector128<float> half = Vector128.Max(most.GetLower(), most.GetUpper());
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        float largest = MathF.Max(half[0], half[1]);

        float scale = largest / 127f;
        float inverse = scale == 0 ? 0 : 1f / scale;
        if (!float.IsFinite(inverse) || !float.IsFinite(largest))
        {
            EncodeBlock(values, block);
            return;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(block, Float16.FromSingle(scale));
        Vector256<float> by = Vector256.Create(inverse);
        Vector256<short> low = Vector256.Narrow(Round(a * by), Round(b * by));
        Vector256<short> high = Vector256.Narrow(Round(c * by), Round(d * by));
        Vector256.Narrow(low, high).AsByte().CopyTo(block[2..]);
    }

    // Half away from zero: truncate, then step by the sign where the dropped part is a half or more. |x| is below 2^8, so that the part is exact.
    private static Vector256<int> Round(Vector256<float> x)
    {
        Vector256<float> whole = Vector256.Truncate(x);
        Vector256<float> away = Vector256.GreaterThanOrEqual(Vector256.Abs(x - whole), Vector256.Create(0.5f));
        Vector256<float> step = away & (Vector256<float>.One | (x & Vector256.Create(-0.0f)));
        return Vector256.ConvertToInt32(whole + step);
    }

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
