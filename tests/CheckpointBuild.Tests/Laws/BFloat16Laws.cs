using System;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>bfloat16 over every one of its codes.</summary>
public sealed class BFloat16Laws
{
    private const int Codes = 1 << 16;
    private const ushort Infinity = 0x7F80;

    private static readonly ushort[] EveryCode = [.. Enumerable.Range(0, Codes).Select(code => (ushort)code)];

    [Fact]
    public void Decode_of_every_code_is_the_upper_half_of_binary32()
    {
        Assert.Equal([.. EveryCode.Select(code => (uint)code << 16)], Decode(EveryCode));
    }

    [Fact]
    public void Encode_of_every_code_s_number_gives_the_code()
    {
        ushort[] encoded = Encode(Decode(EveryCode));

        foreach (ushort code in EveryCode)
        {
            // A signalling NaN comes back quiet.
            ushort expected = (code & 0x7FFF) > Infinity ? (ushort)(code | 0x0040) : code;
            Assert.True(encoded[code] == expected, $"0x{code:X4} came back as 0x{encoded[code]:X4}");
        }
    }

    [Fact]
    public void Encode_between_any_two_neighbours_rounds_to_nearest_and_ties_to_even()
    {
        for (uint sign = 0; sign < 2; sign++)
        {
            // The neighbours' middle is the code followed by a one; from the middle after the largest finite code on, numbers become infinite.
            uint[] ties = [.. Enumerable.Range(0, Infinity).Select(code => (sign << 31) | ((uint)code << 16) | 0x8000)];
            ushort[] below = Encode([.. ties.Select(t => t - 1)]);
            ushort[] exact = Encode(ties);
            ushort[] above = Encode([.. ties.Select(t => t + 1)]);

            for (int code = 0; code < Infinity; code++)
            {
                ushort signed = (ushort)(code | (int)(sign << 15));
                Assert.True(below[code] == signed, $"just below the middle after 0x{signed:X4}: 0x{below[code]:X4}");
                Assert.True(exact[code] == signed + (code & 1), $"the middle after 0x{signed:X4}: 0x{exact[code]:X4}");
                Assert.True(above[code] == signed + 1, $"just above the middle after 0x{signed:X4}: 0x{above[code]:X4}");
            }
        }
    }

    [Fact]
    public void Encode_of_a_NaN_keeps_its_upper_bits_and_makes_it_quiet()
    {
        uint[] nans = [0x7F80_0001, 0x7F81_0000, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FFF_FFFF, 0xFF80_0001, 0xFFC1_2345, 0xFFFF_FFFF];

        Assert.Equal([.. nans.Select(bits => (ushort)((bits >> 16) | 0x0040))], Encode(nans));
    }

    [Fact]
    public void Encode_and_decode_equal_the_scalar_specification_bit_for_bit()
    {
        uint[] numbers = [.. HardNumbers.All.Select(BitConverter.SingleToUInt32Bits)];
        Assert.Equal([.. numbers.Select(BFloat16.FromSingleBits)], Encode(numbers));
        Assert.Equal([.. EveryCode.Select(BFloat16.ToSingleBits)], Decode(EveryCode));
    }

    private static uint[] Decode(ushort[] codes)
    {
        uint[] bits = new uint[codes.Length];
        DType.BF16.Decode(new Planes(MemoryMarshal.AsBytes(codes.ToArray().AsSpan())), codes.Length, MemoryMarshal.Cast<uint, float>(bits.AsSpan()));
        return bits;
    }

    private static ushort[] Encode(uint[] bits)
    {
        ushort[] codes = new ushort[bits.Length];
        DType.BF16.Encode(MemoryMarshal.Cast<uint, float>(bits.AsSpan()), bits.Length, new Planes(MemoryMarshal.AsBytes(codes.AsSpan())));
        return codes;
    }
}
