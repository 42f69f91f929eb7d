namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What tells the lattice types apart.</summary>
/// <param name="Book">The codebook's name.</param>
/// <param name="SubLength">Columns that share a scale: 16 or 32.</param>
/// <param name="Top">The highest level: 2 or 7.</param>
/// <param name="Trials">Trials go from -Trials to Trials.</param>
/// <param name="Step">What a trial adds to the reciprocal's numerator.</param>
internal sealed record LatticeRules(string Book, int SubLength, int Top, int Trials, float Step)
{
    /// <summary>Whether the number of negative signs of eight columns must be even, so that seven bits say them.</summary>
    public bool HasEvenSigns { get; init; }

    /// <summary>A sub-block whose largest magnitude is below is not coded; 0 = one of zeros alone.</summary>
    public float Skip { get; init; }

    /// <summary>Whether the search starts from a fit of its own, and every group is looked at again at the end.</summary>
    public bool StartsFromFit { get; init; }

    /// <summary>Whether a group counts as off the grid until a trial wins, and all groups are looked at again where one is.</summary>
    public bool RefinesAll { get; init; }

    /// <summary>What the block's scale is multiplied by before it is stored.</summary>
    public float Factor { get; init; } = 1;

    /// <summary>Whether weights of importance take twice the mean of the squares.</summary>
    public bool DoublesVariance { get; init; } = true;

    /// <summary>What of the variance is added to the square in weights without importance.</summary>
    public float PlainVariance { get; init; }

    /// <summary>Whether the type makes no sense without importance; all columns weigh the same then.</summary>
    public bool NeedsImportance { get; init; }
}
