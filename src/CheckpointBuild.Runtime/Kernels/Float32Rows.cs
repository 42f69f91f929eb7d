using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Rows of float32.</summary>
internal unsafe struct Float32Rows : IRowFormat
{
    /// <inheritdoc/>
    public static int StepColumns => 16;

    /// <inheritdoc/>
    public static int StepBytes => 16 * sizeof(float);

    /// <inheritdoc/>
    public static float Single(byte* row, int column) => ((float*)row)[column];

    /// <inheritdoc/>
    public static Vector512<float> Load16(byte* step, int part) => Vector512.Load((float*)step + (16 * part));

    /// <inheritdoc/>
    public static Vector256<float> Load8(byte* step, int part) => Vector256.Load((float*)step + (8 * part));
}
