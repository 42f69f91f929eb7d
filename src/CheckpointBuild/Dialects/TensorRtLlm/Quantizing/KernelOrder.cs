using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>The order in which a GPU generation's mixed matrix products read integer weights.</summary>
/// <remarks>
/// From a matrix [out, in] of integers, row by row:
/// <code>
/// 1  within each 16 (int8) or 32 (int4) columns a fixed order      the registers of one matrix instruction
/// 2  tiles of 64 columns of 2 (int8) or 4 (int4) rows in turns     one line of the cache
/// 3  bias to unsigned, and an order within each 32 bits            conversion to floats by bit tricks
/// </code>
/// </remarks>
/// <param name="Permutes">Whether step 1 is taken.</param>
/// <param name="Interleaves">Whether step 2 is taken.</param>
/// <param name="Biases">Whether step 3 is taken.</param>
internal sealed record KernelOrder(bool Permutes, bool Interleaves, bool Biases)
{
    /// <summary>Columns of a tile.</summary>
    internal const int TileColumns = 64;

    private static readonly ImmutableArray<int> EightBits = [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15];

    private static readonly ImmutableArray<int> FourBits = [0, 1, 8, 9, 16, 17, 24, 25, 2, 3, 10, 11, 18, 19, 26, 27, 4, 5, 12, 13, 20, 21, 28, 29, 6, 7, 14, 15, 22, 23, 30, 31];

    /// <summary>The order for a GPU.</summary>
    /// <param name="sm">Its compute capability times ten.</param>
    /// <param name="isStack">Whether the matrix is one of stacked experts, whose kernels are those of 8.0 everywhere.</param>
    /// <param name="version">The release.</param>
    /// <returns>The order.</returns>
    /// <exception cref="CheckpointException">CKPT3207 for a generation whose order is not known.</exception>
    public static KernelOrder Of(int sm, bool isStack, TensorRtLlmVersion version) => sm switch
    {
        >= 75 and < 90 => new(true, true, true),
        >= 90 and < 100 when isStack => new(true, true, true),
        >= 90 and < 100 => version.TransposesAloneOnHopper ? new(false, false, false) : new(true, false, true),
        _ => throw Errors.UnknownGpu(sm),
    };

    /// <summary>How many rows stand in turns.</summary>
    /// <param name="bits">Bits of an integer: 4 or 8.</param>
    /// <returns>1 where none do.</returns>
    public int RowsTogether(int bits) => !Interleaves ? 1 : bits == 4 ? 4 : 2;

    /// <summary>The order of columns within a run.</summary>
    /// <param name="bits">Bits of an integer: 4 or 8.</param>
    /// <returns>Of each place, the column that stands there; empty where columns stay.</returns>
    public ImmutableArray<int> Columns(int bits) => !Permutes ? [] : bits == 4 ? FourBits : EightBits;
}
