using System;

namespace CheckpointBuild.Runtime.Sampling;

/// <summary>e^x out of additions and multiplications alone, so that it is the same number on every machine; the platform's own is whatever its C library gives.</summary>
internal static class Exponential
{
    // ln 2 in two parts: the first has 21 zero bits at its end, so that its product with a small whole number is exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double OneOverLn2 = 1.4426950408889634;
    private const int Terms = 13;

    /// <summary>e^x for x up to 0, to about 1e-16 of itself.</summary>
    /// <param name="x">At most 0; below -700 the result is 0.</param>
    /// <returns>From 0 to 1.</returns>
    public static double OfNegative(double x)
    {
        if (!(x >= -700))
        {
            return 0;
        }

        // x = k ln 2 + r with |r| ≤ ½ ln 2; e^r by its series, whose 14th term is below 1e-17.
        double k = Math.Round(x * OneOverLn2);
        double r = x - (k * Ln2High) - (k * Ln2Low);
        double sum = 1;
        for (int term = Terms; term > 0; term--)
        {
            sum = 1 + (sum * r / term);
        }

        return sum * BitConverter.Int64BitsToDouble((long)(1023 + k) << 52);
    }
}
