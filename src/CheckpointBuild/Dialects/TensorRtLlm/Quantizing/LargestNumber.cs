using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>The largest of several single numbers.</summary>
/// <param name="Numbers">The numbers, float32.</param>
internal sealed record LargestNumber(ImmutableArray<Tensor> Numbers) : Tensor(Numbers[0].Name, DType.F32, new Shape(1))
{
    /// <inheritdoc/>
    public override string Derivation => $"largest({string.Join(", ", Numbers.Select(n => n.Derivation))})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Numbers;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        float largest = float.NegativeInfinity;
        foreach (Tensor number in Numbers)
        {
            using Band band = number.ReadBand(new RowRange(0, 1), workspace);
            largest = MathF.Max(largest, MemoryMarshal.Cast<byte, float>(band.Codes)[0]);
        }

        MemoryMarshal.Cast<byte, float>(destination.Codes)[0] = largest;
    }

    /// <inheritdoc/>
    public bool Equals(LargestNumber? other) => base.Equals(other) && Numbers.SequenceEqual(other.Numbers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Numbers.Length);
}
