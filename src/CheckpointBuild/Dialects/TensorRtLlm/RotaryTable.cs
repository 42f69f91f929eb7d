using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Sines and cosines of every position, computed as they are asked for: a row per position.</summary>
/// <remarks>The angle is the product of two singles; sine and cosine are computed in double and rounded once. The reference's come from vector code whose last bit depends on the processor.</remarks>
/// <param name="Name">Its name.</param>
/// <param name="Positions">How many positions.</param>
/// <param name="Frequencies">Radians per position of each pair.</param>
/// <param name="Order">Where sines and cosines stand.</param>
internal sealed record RotaryTable(string Name, int Positions, ImmutableArray<float> Frequencies, RotaryTableOrder Order) : Tensor(Name, DType.F32, new Shape(Positions, Frequencies.Length * 2))
{
    /// <inheritdoc/>
    public override string Derivation => "computed(rotary table)";

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        int pairs = Frequencies.Length;
        for (int row = 0; row < rows.Count; row++)
        {
            Span<float> one = values.Slice(row * pairs * 2, pairs * 2);
            for (int pair = 0; pair < pairs; pair++)
            {
                (double sine, double cosine) = Math.SinCos((rows.Start + row) * Frequencies[pair]);
                (int sineAt, int cosineAt) = Order == RotaryTableOrder.SinesThenCosines ? (pair, pairs + pair) : ((2 * pair) + 1, 2 * pair);
                one[sineAt] = (float)sine;
                one[cosineAt] = (float)cosine;
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(RotaryTable? other) => base.Equals(other) && Positions == other.Positions && Order == other.Order && Frequencies.AsSpan().SequenceEqual(other.Frequencies.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Positions, Order);
}
