using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>How the columns of a stored row become float32 in registers. One struct per dtype; kernels take it as a type argument, so that no call is left in their loops.</summary>
/// <remarks>All members give the same numbers, bit for bit, as the dtype's own <c>Decode</c> gives for finite weights; the loader lets no others in.</remarks>
internal unsafe interface IRowFormat
{
    /// <summary>Columns of one step: 16, or a block of 32.</summary>
    static abstract int StepColumns { get; }

    /// <summary>Bytes of one step.</summary>
    static abstract int StepBytes { get; }

    /// <summary>One number: the specification.</summary>
    /// <param name="row">The first byte of the row.</param>
    /// <param name="column">The column.</param>
    /// <returns>The number.</returns>
    static abstract float Single(byte* row, int column);

    /// <summary>Columns [16 · part, 16 · part + 16) of a step.</summary>
    /// <param name="step">The first byte of the step.</param>
    /// <param name="part">0, or 1 in a step of 32.</param>
    /// <returns>The numbers.</returns>
    static abstract Vector512<float> Load16(byte* step, int part);

    /// <summary>Columns [8 · part, 8 · part + 8) of a step.</summary>
    /// <param name="step">The first byte of the step.</param>
    /// <param name="part">From 0 to 1, or to 3 in a step of 32.</param>
    /// <returns>The numbers.</returns>
    static abstract Vector256<float> Load8(byte* step, int part);
}
