using System;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Binary16 over every one of its codes, against the platform's own <see cref="Half"/> and against arithmetic.</summary>
public sealed class Float16Laws
{
    private const int Codes = 1 << 16;
    private const ushort Infinity = 0x7C00;

    private static readonly ushort[] EveryCode = [.. Enumerable.Range(0, Codes).Select(code => (ushort)code)];

    [Fact]
    public void Decode_of_every_code_equals_the_platform()
    {
        uint[] decoded = Decode(EveryCode);

        foreach (ushort code in EveryCode)
        {
            Assert.True(decoded[code] == Expected(code), $"0x{code:X4} gives 0x{decoded[code]:X8}, 0x{Expected(code):X8} is right");
        }
    }

    [Fact]
    public void Encode_of_every_code_s_number_gives_the_code()
    {
        ushort[] encoded = Encode(Decode(EveryCode));

        foreach (ushort code in EveryCode)
        {
            // A signalling NaN comes back quiet.
            ushort expected = (code & 0x7FFF) > Infinity ? (ushort)(code | 0x0200) : code;
            Assert.True(encoded[code] == expected, $"0x{code:X4} came back as 0x{encoded[code]:X4}");
        }
    }

    [Fact]
    public void Encode_between_any_two_neighbours_rounds_to_nearest_and_ties_to_even()
    {
        for (int sign = 0; sign < 2; sign++)
        {
            // The neighbour of the largest finite code stands for 65,536, from half of the way to which numbers become infinite.
            uint[] ties = [.. Enumerable.Range(0, Infinity).Select(code => Sign(sign, Middle(code)))];
            ushort[] below = Encode([.. ties.Select(t => t - 1)]);
            ushort[] exact = Encode(ties);
            ushort[] above = Encode([.. ties.Select(t => t + 1)]);

            for (int code = 0; code < Infinity; code++)
            {
                ushort signed = (ushort)(code | (sign << 15));
                Assert.True(below[code] == signed, $"just below the middle after 0x{signed:X4}: 0x{below[code]:X4}");
                Assert.True(exact[code] == signed + (code & 1), $"the middle after 0x{signed:X4}: 0x{exact[code]:X4}");
                Assert.True(above[code] == signed + 1, $"just above the middle after 0x{signed:X4}: 0x{above[code]:X4}");
            }
        }
    }

    [Fact]
    public void Encode_of_a_NaN_keeps_sign_and_upper_payload_and_makes_it_quiet()
    {
        uint[] nans = [0x7F80_0001, 0x7F80_2000, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FFF_E000, 0xFF80_0001, 0xFFC0_4000, 0xFFFF_FFFF];

        ushort[] expected = [.. nans.Select(bits => (ushort)(((bits >> 16) & 0x8000) | 0x7E00 | ((bits >> 13) & 0x03FF)))];
        Assert.Equal(expected, Encode(nans));
    }

    [Fact]
    public void Encode_and_decode_equal_the_scalar_specification_bit_for_bit()
    {
        ushort[] scalar = [.. HardNumbers.All.Select(Float16.FromSingle)];
        uint[] numbers = [.. HardNumbers.All.Select(BitConverter.SingleToUInt32Bits)];
        Assert.Equal(scalar, Encode(numbers));

        Assert.Equal([.. EveryCode.Select(code => BitConverter.SingleToUInt32Bits(Float16.ToSingle(code)))], Decode(EveryCode));
    }

    private static uint Expected(ushort code)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)BitConverter.UInt16BitsToHalf(code));
        return (code & 0x7FFF) > Infinity ? bits | 0x0040_0000 : bits;
    }

    // The exact middle of two neighbouring codes, worked out from what they mean: it needs one bit more than they have.
    private static uint Middle(int code)
    {
        double low = (double)BitConverter.UInt16BitsToHalf((ushort)code);
        double high = code + 1 == Infinity ? 65536 : (double)BitConverter.UInt16BitsToHalf((ushort)(code + 1));
        return BitConverter.SingleToUInt32Bits((float)((low + high) / 2));
    }

    private static uint Sign(int sign, uint bits) => bits | ((uint)sign << 31);

    private static uint[] Decode(ushort[] codes)
    {
        uint[] bits = new uint[codes.Length];
        DType.F16.Decode(new Planes(MemoryMarshal.AsBytes(codes.ToArray().AsSpan())), codes.Length, MemoryMarshal.Cast<uint, float>(bits.AsSpan()));
        return bits;
    }

    private static ushort[] Encode(uint[] bits)
    {
        ushort[] codes = new ushort[bits.Length];
        DType.F16.Encode(MemoryMarshal.Cast<uint, float>(bits.AsSpan()), bits.Length, new Planes(MemoryMarshal.AsBytes(codes.AsSpan())));
        return codes;
    }
}
