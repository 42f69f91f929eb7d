namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What was found for a block of a lattice type.</summary>
/// <param name="scales">[sub-blocks] scales, at least 0.</param>
/// <param name="indices">[groups] indices in the codebook.</param>
/// <param name="signs">[32] masks of eight columns; bit i: column i is negative.</param>
/// <param name="codes">[sub-blocks] codes of the scales.</param>
internal readonly unsafe struct LatticeBlock(float* scales, ushort* indices, byte* signs, byte* codes)
{
    /// <summary>The most sub-blocks of a block.</summary>
    internal const int MostSubs = 16;

    /// <summary>The most groups of a block.</summary>
    internal const int MostGroups = 64;

    /// <summary>[sub-blocks] scales.</summary>
    public float* Scales => scales;

    /// <summary>[groups] indices in the codebook.</summary>
    public ushort* Indices => indices;

    /// <summary>[32] masks of eight columns.</summary>
    public byte* Signs => signs;

    /// <summary>[sub-blocks] codes of the scales.</summary>
    public byte* Codes => codes;

    /// <summary>Whether a sub-block was left out because its magnitudes are too small; its scale is -0 then.</summary>
    /// <param name="sub">From 0.</param>
    /// <returns>True where it was.</returns>
    public bool IsZero(int sub) => float.IsNegative(scales[sub]);

    /// <summary>The same from a sub-block on.</summary>
    /// <param name="sub">From 0.</param>
    /// <param name="groups">Groups of a sub-block.</param>
    /// <param name="eights">Masks of a sub-block.</param>
    /// <returns>The rest.</returns>
    public LatticeBlock From(int sub, int groups, int eights) => new(scales + sub, indices + (sub * groups), signs + (sub * eights), codes + sub);
}
