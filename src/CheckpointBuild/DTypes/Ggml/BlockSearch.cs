namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Memory for one search over as many sub-blocks as there are lanes.</summary>
/// <param name="room">[(4n + 3) · lanes] floats.</param>
/// <param name="codes">[n · lanes] bytes.</param>
/// <param name="n">Numbers of a sub-block.</param>
/// <param name="lanes">How many sub-blocks.</param>
internal readonly unsafe struct BlockSearch(float* room, byte* codes, int n, int lanes)
{
    /// <summary>[n, lanes] numbers.</summary>
    public float* X => room;

    /// <summary>[n, lanes] importance.</summary>
    public float* Q => room + (n * lanes);

    /// <summary>[n, lanes] weights.</summary>
    public float* W => room + (2 * n * lanes);

    /// <summary>[n, lanes] of room.</summary>
    public float* Room => room + (3 * n * lanes);

    /// <summary>[lanes] variances.</summary>
    public float* Variances => room + (4 * n * lanes);

    /// <summary>[lanes] scales that were found.</summary>
    public float* Scales => room + (((4 * n) + 1) * lanes);

    /// <summary>[lanes] minima that were found.</summary>
    public float* Lows => room + (((4 * n) + 2) * lanes);

    /// <summary>[n, lanes] codes that were found.</summary>
    public byte* Codes => codes;
}
