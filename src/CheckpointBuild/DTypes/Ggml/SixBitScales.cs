namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The twelve bytes in which Q4_K and Q5_K keep eight scales and eight minima of six bits.</summary>
/// <remarks>
/// <code>
/// byte     0 .. 3           | 4 .. 7               | 8 .. 11
/// bits 0-5 scale j          | minimum j            | scale j + 4, lower four bits; above them minimum j + 4's
/// bits 6-7 scale j + 4 >> 4 | minimum j + 4 >> 4   |
/// </code>
/// </remarks>
internal static unsafe class SixBitScales
{
    private const int Subs = 8;

    /// <summary>Packs them. Codes beyond six bits spill into their neighbours as the reference's do.</summary>
    /// <param name="scales">[8] codes.</param>
    /// <param name="lows">[8] codes.</param>
    /// <param name="packed">Receives [12] bytes.</param>
    public static void Pack(byte* scales, byte* lows, byte* packed)
    {
        for (int j = 0; j < 4; j++)
        {
            packed[j] = unchecked((byte)(scales[j] | (scales[j + 4] >> 4 << 6)));
            packed[j + 4] = unchecked((byte)(lows[j] | (lows[j + 4] >> 4 << 6)));
            packed[j + 8] = unchecked((byte)((scales[j + 4] & 15) | ((lows[j + 4] & 15) << 4)));
        }
    }

    /// <summary>Unpacks them.</summary>
    /// <param name="packed">[12] bytes.</param>
    /// <param name="scales">Receives [8] codes 0 to 63.</param>
    /// <param name="lows">Receives [8] codes 0 to 63.</param>
    public static void Unpack(byte* packed, byte* scales, byte* lows)
    {
        for (int j = 0; j < Subs / 2; j++)
        {
            scales[j] = (byte)(packed[j] & 63);
            lows[j] = (byte)(packed[j + 4] & 63);
            scales[j + 4] = (byte)((packed[j + 8] & 15) | (packed[j] >> 6 << 4));
            lows[j + 4] = (byte)((packed[j + 8] >> 4) | (packed[j + 4] >> 6 << 4));
        }
    }
}
