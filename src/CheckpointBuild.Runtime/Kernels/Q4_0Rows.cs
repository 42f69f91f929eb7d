using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Rows of ggml's Q4_0: blocks of a binary16 scale and 32 codes of four bits, code j below code j + 16. A scale has 11 significant bits and a code 4, so that their float32 product is exact.</summary>
internal unsafe struct Q4_0Rows : IRowFormat
{
    private const int ScaleBytes = sizeof(ushort);
    private const int Middle = 8;

    /// <inheritdoc/>
    public static int StepColumns => 32;

    /// <inheritdoc/>
    public static int StepBytes => ScaleBytes + 16;

    /// <inheritdoc/>
    public static float Single(byte* row, int column)
    {
        byte* block = row + (column / StepColumns * StepBytes);
        int codes = block[ScaleBytes + (column % 16)];
        return Scale(block) * ((column % StepColumns < 16 ? codes & 15 : codes >> 4) - Middle);
    }

    /// <inheritdoc/>
    public static Vector512<float> Load16(byte* step, int part)
    {
        Vector512<int> codes = Avx512F.ConvertToVector512Int32(Vector128.Load(step + ScaleBytes));
        codes = (part == 0 ? codes & Vector512.Create(15) : codes >>> 4) - Vector512.Create(Middle);
        return Vector512.ConvertToSingle(codes) * Vector512.Create(Scale(step));
    }

    /// <inheritdoc/>
    public static Vector256<float> Load8(byte* step, int part)
    {
        byte* first = step + ScaleBytes + (8 * (part & 1));
        Vector256<int> codes = Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(first)
            : Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalarUnsafe(*(long*)first).AsByte().ToVector256Unsafe())).AsInt32();
        codes = (part < 2 ? codes & Vector256.Create(15) : codes >>> 4) - Vector256.Create(Middle);
        return Vector256.ConvertToSingle(codes) * Vector256.Create(Scale(step));
    }

    private static float Scale(byte* block) => Float16Rows.ToSingle(*(short*)block);
}
