using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Rows of ggml's Q8_0: blocks of a binary16 scale and 32 signed bytes. A scale has 11 significant bits and a code 8, so that their float32 product is exact.</summary>
internal unsafe struct Q8_0Rows : IRowFormat
{
    private const int ScaleBytes = sizeof(ushort);

    /// <inheritdoc/>
    public static int StepColumns => 32;

    /// <inheritdoc/>
    public static int StepBytes => ScaleBytes + 32;

    /// <inheritdoc/>
    public static float Single(byte* row, int column)
    {
        byte* block = row + (column / StepColumns * StepBytes);
        return Scale(block) * (sbyte)block[ScaleBytes + (column % StepColumns)];
    }

    /// <inheritdoc/>
    public static Vector512<float> Load16(byte* step, int part)
    {
        Vector512<int> codes = Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)step + ScaleBytes + (16 * part)));
        return Vector512.ConvertToSingle(codes) * Vector512.Create(Scale(step));
    }

    /// <inheritdoc/>
    public static Vector256<float> Load8(byte* step, int part)
    {
        sbyte* first = (sbyte*)step + ScaleBytes + (8 * part);
        Vector256<int> codes = Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(first)
            : Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalarUnsafe(*(long*)first).AsSByte().ToVector256Unsafe()));
        return Vector256.ConvertToSingle(codes) * Vector256.Create(Scale(step));
    }

    private static float Scale(byte* block) => Float16Rows.ToSingle(*(short*)block);
}
