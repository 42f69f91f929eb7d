using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Numbers on which conversions go wrong: zeros of both signs, subnormals, ties, limits, infinities, NaNs with payloads, and random bits.</summary>
internal static class HardNumbers
{
    // What rounding to 16 bits looks at: the bits around the cut, for binary16 (13 bits go) and bfloat16 (16 bits go).
    private static readonly uint[] Tails = [0x0000, 0x0001, 0x0FFF, 0x1000, 0x1001, 0x1FFF, 0x2FFF, 0x3000, 0x3001, 0x7FFF, 0x8000, 0x8001, 0xFFFF];

    private static readonly uint[] Special =
    [
        0x0000_0000, 0x0000_0001, 0x007F_FFFF, 0x0080_0000, // zero, the smallest and largest subnormal, the smallest normal
        0x3380_0000, 0x3300_0000, 0x3300_0001, 0x32FF_FFFF, // 2^-24 and half of it, where binary16 begins
        0x3880_0000, 0x387F_FFFF, 0x387F_E000, 0x387F_F000, // 2^-14, where binary16's subnormals end
        0x477F_E000, 0x477F_EFFF, 0x477F_F000, 0x4780_0000, // 65,504, the last that rounds to it, 65,520 and 65,536
        0x7F7F_0000, 0x7F7F_7FFF, 0x7F7F_8000, 0x7F7F_FFFF, // the largest bfloat16, and what rounds beyond it
        0x7F80_0000, 0x7F80_0001, 0x7F80_1FFF, 0x7F80_2000, // infinity, signalling NaNs with low payloads
        0x7F80_FFFF, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FFF_FFFF, // signalling and quiet NaNs
        0x7FC1_2345, 0x7FA5_5AA5, 0x3F00_0000, 0x3F80_0000,
    ];

    /// <summary>All of them: a whole number of blocks of 256.</summary>
    public static float[] All { get; } = Make(_ => true);

    /// <summary>Those that are finite and within binary16: a whole number of blocks of 256.</summary>
    public static float[] Moderate { get; } = Make(x => MathF.Abs(x) <= 65504f);

    private static float[] Make(Func<float, bool> wanted)
    {
        var random = new SeededRandom(20261201);
        IEnumerable<uint> exponents = Enumerable.Range(0, 256).Select(e => (uint)e << 23);
        IEnumerable<uint> aroundTies = exponents.SelectMany(e => Tails.SelectMany(tail => new[] { e | tail, e | 0x0055_0000 | tail, e | 0x007E_0000 | tail }));
        IEnumerable<uint> randomBits = Enumerable.Range(0, 4096).Select(_ => (uint)random.NextBits());
        IEnumerable<float> weights = Enumerable.Range(0, 4096).Select(_ => random.NextWeight());

        List<float> numbers =
        [
            .. Special.Concat(aroundTies).Concat(randomBits).SelectMany(bits => new[] { bits, bits ^ 0x8000_0000 }).Select(BitConverter.UInt32BitsToSingle).Where(wanted),
            .. weights,
        ];
        while (numbers.Count % 256 != 0)
        {
            numbers.Add(numbers.Count % 7 / 7f);
        }

        return [.. numbers];
    }
}
