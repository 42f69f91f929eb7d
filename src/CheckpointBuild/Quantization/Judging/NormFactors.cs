using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Quantization.Judging;

/// <summary>What a norm multiplies the inputs of a matrix by, in two checkpoints of which one moved a part of it into the matrix, as SmoothQuant does: compared is what both together do.</summary>
/// <param name="Original">Of each column in the first.</param>
/// <param name="Other">Of each column in the second.</param>
internal sealed record NormFactors(ImmutableArray<float> Original, ImmutableArray<float> Other)
{
    // Norms of another dtype differ by less.
    private const float Rounding = 0.01f;

    /// <summary>Finds the norm before a matrix.</summary>
    /// <param name="original">The first.</param>
    /// <param name="other">The second.</param>
    /// <param name="role">The matrix.</param>
    /// <returns>Null where no norm stands directly before it, or both have the same.</returns>
    public static NormFactors? Of(Checkpoint original, Checkpoint other, TensorRole role)
    {
        RoleKind? kind = role.Part != TensorPart.Weight ? null : role.Kind switch
        {
            RoleKind.Query or RoleKind.Key or RoleKind.Value => RoleKind.AttentionNorm,
            RoleKind.Gate or RoleKind.Up => RoleKind.FeedForwardNorm,
            _ => null,
        };
        return kind is { } norm && Read(original, new TensorRole(norm, role.Layer)) is { } left && Read(other, new TensorRole(norm, role.Layer)) is { } right && left.Length == right.Length && !AreSame(left, right)
            ? new NormFactors(left, right)
            : null;
    }

    private static bool AreSame(ImmutableArray<float> left, ImmutableArray<float> right) => left.Zip(right).All(p => Math.Abs(p.First - p.Second) <= Rounding * Math.Max(Math.Abs(p.First), Math.Abs(p.Second)));

    private static ImmutableArray<float>? Read(Checkpoint checkpoint, TensorRole role)
    {
        if (!checkpoint.Tensors.TryGet(role, out Tensor? norm) || norm.Shape.Rank != 1 || !norm.DType.HasValues)
        {
            return null;
        }

        using var workspace = new Workspace();
        using Band band = norm.ReadBand(new RowRange(0, 1), workspace);
        float[] values = new float[norm.Columns];
        norm.DType.Decode(band.Planes, norm.Columns, values);
        return [.. values.Select(v => v + checkpoint.Config.NormOffset)];
    }
}
