using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes;

/// <content>Vector form: integer operations per lane, the same as the scalar form's.</content>
internal sealed partial class BFloat16
{
    private static void EncodeVector(ReadOnlySpan<uint> values, Span<ushort> destination)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= values.Length - 32; i += 32)
            {
                Vector512.Narrow(Encode16(Vector512.Create(values.Slice(i, 16))), Encode16(Vector512.Create(values.Slice(i + 16, 16)))).CopyTo(destination[i..]);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= values.Length - 16; i += 16)
            {
                Vector256.Narrow(Encode8(Vector256.Create(values.Slice(i, 8))), Encode8(Vector256.Create(values.Slice(i + 8, 8)))).CopyTo(destination[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            destination[i] = FromSingleBits(values[i]);
        }
    }

    private static void DecodeVector(ReadOnlySpan<ushort> source, Span<uint> values)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= values.Length - 32; i += 32)
            {
                (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.Create(source.Slice(i, 32)));
                (low << 16).CopyTo(values[i..]);
                (high << 16).CopyTo(values[(i + 16)..]);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= values.Length - 16; i += 16)
            {
                (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Create(source.Slice(i, 16)));
                (low << 16).CopyTo(values[i..]);
                (high << 16).CopyTo(values[(i + 8)..]);
            }
        }

        for (; i < values.Length; i++)
        {
            values[i] = ToSingleBits(source[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Encode16(Vector512<uint> bits)
    {
        Vector512<uint> upper = bits >> 16;
        Vector512<uint> rounded = (bits + Vector512.Create(0x7FFFu) + (upper & Vector512<uint>.One)) >> 16;
        Vector512<uint> isNan = Vector512.GreaterThan(bits & Vector512.Create(0x7FFF_FFFFu), Vector512.Create(0x7F80_0000u));
        return Vector512.ConditionalSelect(isNan, upper | Vector512.Create(0x0040u), rounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Encode8(Vector256<uint> bits)
    {
        Vector256<uint> upper = bits >> 16;
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + (upper & Vector256<uint>.One)) >> 16;
        Vector256<uint> isNan = Vector256.GreaterThan(bits & Vector256.Create(0x7FFF_FFFFu), Vector256.Create(0x7F80_0000u));
        return Vector256.ConditionalSelect(isNan, upper | Vector256.Create(0x0040u), rounded);
    }
}
