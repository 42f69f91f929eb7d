using System;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Rows of bfloat16: the upper halves of float32.</summary>
internal unsafe struct BFloat16Rows : IRowFormat
{
    /// <inheritdoc/>
    public static int StepColumns => 16;

    /// <inheritdoc/>
    public static int StepBytes => 16 * sizeof(ushort);

    /// <inheritdoc/>
    public static float Single(byte* row, int column) => BitConverter.UInt32BitsToSingle((uint)((ushort*)row)[column] << 16);

    /// <inheritdoc/>
    public static Vector512<float> Load16(byte* step, int part) =>
        (Vector512.WidenLower(Vector256.Load((ushort*)step + (16 * part)).ToVector512Unsafe()) << 16).AsSingle();

    /// <inheritdoc/>
    public static Vector256<float> Load8(byte* step, int part) =>
        (Vector256.WidenLower(Vector128.Load((ushort*)step + (8 * part)).ToVector256Unsafe()) << 16).AsSingle();
}
