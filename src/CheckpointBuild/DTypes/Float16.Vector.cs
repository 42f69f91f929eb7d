using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes;

/// <content>Vector form: the scalar form's branches computed for all lanes and selected by masks, so that every bit is the same.</content>
internal sealed partial class Float16
{
    private static void EncodeVector(ReadOnlySpan<float> values, Span<ushort> destination)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= values.Length - 32; i += 32)
            {
                Vector512<uint> low = Encode16(Vector512.Create(values.Slice(i, 16)).AsUInt32());
                Vector512<uint> high = Encode16(Vector512.Create(values.Slice(i + 16, 16)).AsUInt32());
                Vector512.Narrow(low, high).CopyTo(destination[i..]);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= values.Length - 16; i += 16)
            {
                Vector256<uint> low = Encode8(Vector256.Create(values.Slice(i, 8)).AsUInt32());
                Vector256<uint> high = Encode8(Vector256.Create(values.Slice(i + 8, 8)).AsUInt32());
                Vector256.Narrow(low, high).CopyTo(destination[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            destination[i] = FromSingle(values[i]);
        }
    }

    private static void DecodeVector(ReadOnlySpan<ushort> source, Span<float> values)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= values.Length - 32; i += 32)
            {
                (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.Create(source.Slice(i, 32)));
                Decode16(low).CopyTo(values[i..]);
                Decode16(high).CopyTo(values[(i + 16)..]);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= values.Length - 16; i += 16)
            {
                (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Create(source.Slice(i, 16)));
                Decode8(low).CopyTo(values[i..]);
                Decode8(high).CopyTo(values[(i + 8)..]);
            }
        }

        for (; i < values.Length; i++)
        {
            values[i] = ToSingle(source[i]);
        }
    }

    // Sixteen lanes of FromSingle; the comments there name each constant. The result stands in the lower 16 bits of each lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Encode16(Vector512<uint> bits)
    {
        Vector512<uint> sign = (bits >> 16) & Vector512.Create(0x8000u);
        Vector512<uint> magnitude = bits & Vector512.Create(0x7FFF_FFFFu);

        Vector512<uint> normal = (magnitude - Vector512.Create(0x3800_0000u - 0x0FFFu) + ((magnitude >> 13) & Vector512<uint>.One)) >> 13;
        Vector512<uint> subnormal = (magnitude.AsSingle() + Vector512.Create(0.5f)).AsUInt32() - Vector512.Create(0x3F00_0000u);
        Vector512<uint> nan = Vector512.Create(0x7E00u) | ((magnitude >> 13) & Vector512.Create(0x03FFu));

        Vector512<uint> result = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0x3880_0000u)), subnormal, normal);
        result = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x477F_F000u)), Vector512.Create(0x7C00u), result);
        result = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(0x7F80_0000u)), nan, result);
        return result | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Encode8(Vector256<uint> bits)
    {
        Vector256<uint> sign = (bits >> 16) & Vector256.Create(0x8000u);
        Vector256<uint> magnitude = bits & Vector256.Create(0x7FFF_FFFFu);

        Vector256<uint> normal = (magnitude - Vector256.Create(0x3800_0000u - 0x0FFFu) + ((magnitude >> 13) & Vector256<uint>.One)) >> 13;
        Vector256<uint> subnormal = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0x3F00_0000u);
        Vector256<uint> nan = Vector256.Create(0x7E00u) | ((magnitude >> 13) & Vector256.Create(0x03FFu));

        Vector256<uint> result = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(0x3880_0000u)), subnormal, normal);
        result = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x477F_F000u)), Vector256.Create(0x7C00u), result);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(0x7F80_0000u)), nan, result);
        return result | sign;
    }

    // Sixteen lanes of ToSingle: infinity and NaN get the largest exponent (and NaN its quiet bit), everything else the exact product with 2^112.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Decode16(Vector512<uint> bits)
    {
        Vector512<uint> sign = (bits & Vector512.Create(0x8000u)) << 16;
        Vector512<uint> magnitude = (bits & Vector512.Create(0x7FFFu)) << 13;

        Vector512<uint> number = (magnitude.AsSingle() * Vector512.Create(0x7780_0000u).AsSingle()).AsUInt32();
        Vector512<uint> special = magnitude | Vector512.Create(0x7F80_0000u) |
            (Vector512.GreaterThan(magnitude, Vector512.Create(0x0F80_0000u)) & Vector512.Create(0x0040_0000u));
        Vector512<uint> isSpecial = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x0F80_0000u));
        return (Vector512.ConditionalSelect(isSpecial, special, number) | sign).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Decode8(Vector256<uint> bits)
    {
        Vector256<uint> sign = (bits & Vector256.Create(0x8000u)) << 16;
        Vector256<uint> magnitude = (bits & Vector256.Create(0x7FFFu)) << 13;

        Vector256<uint> number = (magnitude.AsSingle() * Vector256.Create(0x7780_0000u).AsSingle()).AsUInt32();
        Vector256<uint> special = magnitude | Vector256.Create(0x7F80_0000u) |
            (Vector256.GreaterThan(magnitude, Vector256.Create(0x0F80_0000u)) & Vector256.Create(0x0040_0000u));
        Vector256<uint> isSpecial = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x0F80_0000u));
        return (Vector256.ConditionalSelect(isSpecial, special, number) | sign).AsSingle();
    }
}
