namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What was found for a block of IQ1_S or IQ1_M.</summary>
/// <param name="values">[256] numbers.</param>
/// <param name="weights">[256] weights.</param>
/// <param name="scales">[sub-blocks] scales.</param>
/// <param name="shifts">[sub-blocks] which halves are moved down.</param>
/// <param name="indices">[32] indices in the codebook.</param>
internal readonly unsafe struct SplitBlock(float* values, float* weights, float* scales, int* shifts, ushort* indices)
{
    /// <summary>[256] numbers.</summary>
    public float* Values => values;

    /// <summary>[256] weights.</summary>
    public float* Weights => weights;

    /// <summary>[sub-blocks] scales.</summary>
    public float* Scales => scales;

    /// <summary>[sub-blocks] which halves are moved down.</summary>
    public int* Shifts => shifts;

    /// <summary>[32] indices in the codebook.</summary>
    public ushort* Indices => indices;
}
