using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>Several matrices of the same dtype and rows, side by side: shares of a matrix that ranks split by columns.</summary>
/// <param name="Name">The joined tensor's name.</param>
/// <param name="Parts">From the left; at least one, of single numbers (block length 1, one plane).</param>
public sealed record JoinedColumns(string Name, ImmutableArray<Tensor> Parts) : Tensor(Name, Parts[0].DType, new Shape(Parts[0].Rows, Parts.Sum(p => p.Shape.Columns)))
{
    /// <inheritdoc/>
    public override string Derivation => $"columns({string.Join(", ", Parts.Select(p => p.Derivation))})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Parts;

    /// <summary>Joins matrices; one alone is not wrapped.</summary>
    /// <param name="name">The joined tensor's name.</param>
    /// <param name="parts">From the left; at least one.</param>
    /// <returns>The joined matrix.</returns>
    public static Tensor Of(string name, ImmutableArray<Tensor> parts) => parts is [var only] ? only : new JoinedColumns(name, parts);

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        int width = checked((int)RowBytes(0)), at = 0;
        foreach (Tensor part in Parts)
        {
            using Band band = part.ReadBand(rows, workspace);
            int bytes = checked((int)part.RowBytes(0));
            for (int row = 0; row < rows.Count; row++)
            {
                band.Codes.Slice(row * bytes, bytes).CopyTo(destination.Codes[((row * width) + at)..]);
            }

            at += bytes;
        }
    }

    /// <inheritdoc/>
    public bool Equals(JoinedColumns? other) => base.Equals(other) && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Shape, Parts.Length);
}
