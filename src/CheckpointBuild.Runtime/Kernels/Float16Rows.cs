using System;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Rows of finite binary16.</summary>
/// <remarks>
/// There is no instruction for this within reach, so bits are moved: sign-extended to 32 bits and shifted left by 13, sign, exponent and mantissa stand where float32 has them, with copies of the sign in the
/// three bits between, which the mask clears. Read as float32 that is the number divided by 2^112, subnormals included, and the product with 2^112 is exact.
/// </remarks>
internal unsafe struct Float16Rows : IRowFormat
{
    private const int Mask = unchecked((int)0x8FFF_E000);
    private const uint TwoTo112 = 0x7780_0000;

    /// <inheritdoc/>
    public static int StepColumns => 16;

    /// <inheritdoc/>
    public static int StepBytes => 16 * sizeof(ushort);

    /// <inheritdoc/>
    public static float Single(byte* row, int column) => ToSingle(((short*)row)[column]);

    /// <inheritdoc/>
    public static Vector512<float> Load16(byte* step, int part)
    {
        Vector512<int> wide = Vector512.WidenLower(Vector256.Load((short*)step + (16 * part)).ToVector512Unsafe());
        return ((wide << 13) & Vector512.Create(Mask)).AsSingle() * Vector512.Create(TwoTo112).AsSingle();
    }

    /// <inheritdoc/>
    public static Vector256<float> Load8(byte* step, int part)
    {
        Vector256<int> wide = Vector256.WidenLower(Vector128.Load((short*)step + (8 * part)).ToVector256Unsafe());
        return ((wide << 13) & Vector256.Create(Mask)).AsSingle() * Vector256.Create(TwoTo112).AsSingle();
    }

    /// <summary>One number.</summary>
    /// <param name="bits">The bits of a finite binary16.</param>
    /// <returns>The same number.</returns>
    internal static float ToSingle(short bits) => BitConverter.Int32BitsToSingle((bits << 13) & Mask) * BitConverter.UInt32BitsToSingle(TwoTo112);
}
