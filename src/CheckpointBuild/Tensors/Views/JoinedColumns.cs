using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>Several matrices of the same dtype and rows, side by side.</summary>
/// <param name="Name">The joined tensor's name.</param>
/// <param name="Parts">From the left; at least one, each of single numbers (block length 1, one plane).</param>
public sealed record JoinedColumns(string Name, ImmutableArray<Tensor> Parts)
    : Tensor(Name, Parts[0].DType, new Shape([.. Parts[0].Shape.Dimensions[..^1], Parts.Sum(p => p.Shape.Columns)]))
{
    /// <inheritdoc/>
    public override string Derivation => $"side by side({string.Join(", ", Parts.Select(p => p.Derivation))})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Parts;

    /// <inheritdoc/>
    public bool Equals(JoinedColumns? other) => other is not null && Name == other.Name && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Parts.Length, Parts[0]);

    /// <summary>Joins matrices; one alone is not wrapped, and shares that together are the matrix that they were taken from are it again.</summary>
    /// <param name="name">The joined tensor's name.</param>
    /// <param name="parts">From the left; at least one.</param>
    /// <returns>The joined tensor.</returns>
    public static Tensor Of(string name, ImmutableArray<Tensor> parts) => parts.Length == 1 ? parts[0] : new JoinedColumns(name, parts);

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        int rowBytes = checked((int)RowBytes(0)), at = 0;
        foreach (Tensor part in Parts)
        {
            using Band band = part.ReadBand(rows, workspace);
            int partBytes = checked((int)part.RowBytes(0));
            for (int row = 0; row < rows.Count; row++)
            {
                band.Codes.Slice(row * partBytes, partBytes).CopyTo(destination.Codes.Slice((row * rowBytes) + at, partBytes));
            }

            at += partBytes;
        }
    }
}
