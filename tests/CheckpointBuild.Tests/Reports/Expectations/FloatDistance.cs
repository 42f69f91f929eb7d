using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary>Compares two rows of numbers.</summary>
internal static class FloatDistance
{
    /// <summary>Compares by absolute distance; a NaN is far from everything.</summary>
    /// <param name="actual">The numbers found.</param>
    /// <param name="expected">The right numbers.</param>
    /// <param name="most">The largest distance allowed.</param>
    /// <returns>What does not hold.</returns>
    public static IEnumerable<string> Faults(float[] actual, float[] expected, double most)
    {
        if (actual.Length != expected.Length)
        {
            return [$"{actual.Length} numbers, {expected.Length} are right"];
        }

        (double worst, int at) = (0, -1);
        for (int i = 0; i < actual.Length; i++)
        {
            double distance = Math.Abs((double)actual[i] - expected[i]);
            if (!(distance <= worst))
            {
                (worst, at) = (distance, i);
            }
        }

        return worst <= most ? [] : [$"number {at} is {actual[at]:G9}, {expected[at]:G9} is right: {worst:G4} off, at most {most:G4} is allowed"];
    }
}
