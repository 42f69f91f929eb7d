namespace CheckpointBuild.Tensors.Views;

/// <summary>How a quantizer packed a matrix into 32-bit words.</summary>
/// <param name="Order">Which integers stand in a word.</param>
/// <param name="Bits">Bits of an integer: 4 or 8.</param>
/// <param name="GroupSize">Columns of the matrix that share scale and zero point.</param>
/// <param name="ZeroOffset">What is added to a stored zero point: 1 in the older convention of GPTQ, else 0.</param>
/// <param name="IsSymmetric">Whether the quantizer says that zero points are the middle.</param>
public sealed record PackedForm(PackedOrder Order, int Bits, int GroupSize, int ZeroOffset, bool IsSymmetric)
{
    /// <summary>Integers in a word.</summary>
    public int PerWord => 32 / Bits;

    /// <summary>The middle of the integers.</summary>
    public int Middle => 1 << (Bits - 1);
}
