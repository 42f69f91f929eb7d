using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Exported;

/// <summary>A matrix whose columns are multiplied by a number each, float32.</summary>
/// <param name="Source">The matrix, float32.</param>
/// <param name="Factors">One for each column.</param>
internal sealed record ScaledBy(Tensor Source, ImmutableArray<float> Factors) : Tensor(Source.Name, DType.F32, Source.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"multiply(inputs' scales, {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        Source.Read(rows, destination, workspace);
        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= Factors[i % Factors.Length];
        }
    }

    /// <inheritdoc/>
    public bool Equals(ScaledBy? other) => base.Equals(other) && Factors.SequenceEqual(other.Factors);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Factors.Length);
}
