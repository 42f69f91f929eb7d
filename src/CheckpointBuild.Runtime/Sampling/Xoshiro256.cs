using System.Numerics;

namespace CheckpointBuild.Runtime.Sampling;

/// <summary>The pseudo-random generator xoshiro256** (Blackman and Vigna, arXiv:1805.01407): whole-number arithmetic alone, so a seed means the same on every machine and in every version.</summary>
/// <remarks>A seed is spread over the 256 bits of state by SplitMix64, as its authors advise.</remarks>
internal struct Xoshiro256
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>Seeds the generator.</summary>
    /// <param name="seed">Any number.</param>
    public Xoshiro256(ulong seed)
    {
        _a = Spread(ref seed);
        _b = Spread(ref seed);
        _c = Spread(ref seed);
        _d = Spread(ref seed);
    }

    /// <summary>The next 64 bits.</summary>
    /// <returns>Any number.</returns>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>The next number from 0 up to, not including, 1: a multiple of 2^-53.</summary>
    /// <returns>The number.</returns>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    private static ulong Spread(ref ulong state)
    {
        state += 0x9E37_79B9_7F4A_7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
