using System.Runtime.Intrinsics;

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
        Vector512<short> words = Vector512.WidenLower(Vector128.Load((sbyte*)step + ScaleBytes + (16 * part)).ToVector256Unsafe().ToVector512Unsafe());
        return Vector512.ConvertToSingle(Vector512.WidenLower(words)) * Vector512.Create(Scale(step));
    }

    /// <inheritdoc/>
    public static Vector256<float> Load8(byte* step, int part)
    {
        Vector256<short> words = Vector256.WidenLower(Vector128.CreateScalarUnsafe(*(long*)(step + ScaleBytes + (8 * part))).AsSByte().ToVector256Unsafe());
        return Vector256.ConvertToSingle(Vector256.WidenLower(words)) * Vector256.Create(Scale(step));
    }

    private static float Scale(byte* block) => Float16Rows.ToSingle(*(short*)block);
}
