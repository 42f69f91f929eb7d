namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What the levels of the two-bit lattice types decode to: 8, 25 and 43, where the search had 1, 3 and 5.</summary>
internal static unsafe class Magnitudes2
{
    private static readonly float[] Values = [8, 25, 43];

    /// <summary>Numbers of eight columns.</summary>
    /// <param name="step">The scale.</param>
    /// <param name="levels">[8] levels.</param>
    /// <param name="signs">Bit i: column i is negative.</param>
    /// <param name="values">Receives [8] numbers.</param>
    public static void Write(float step, byte* levels, int signs, float* values)
    {
        for (int i = 0; i < 8; i++)
        {
            values[i] = step * Values[levels[i]] * ((signs >> i & 1) != 0 ? -1f : 1f);
        }
    }
}
