using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Quantization.Judging;

/// <summary>How far each weight matrix of one checkpoint is from another's.</summary>
public static class WeightErrors
{
    private const int BandFloats = 1 << 18;

    /// <summary>Compares all matrices that both have.</summary>
    /// <param name="original">What is true.</param>
    /// <param name="other">What is judged.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    /// <returns>Root of the summed squares of differences over that of the original, by role, the largest first.</returns>
    public static IReadOnlyList<WeightError> Of(Checkpoint original, Checkpoint other, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(other);
        using var workspace = new Workspace();
        var errors = new List<WeightError>();
        foreach ((TensorRole role, Tensor left) in original.Tensors)
        {
            if (left.Shape.Rank >= 2 && left.DType.HasValues && other.Tensors.TryGet(role, out Tensor? right) && right.Shape == left.Shape && right.DType.HasValues)
            {
                errors.Add(new WeightError(role, right.Name, right.DType.LongName, Relative(left, right, NormFactors.Of(original, other, role), workspace, cancellation)));
                workspace.ReleaseResidents();
            }
        }

        return [.. errors.OrderByDescending(e => e.Relative).ThenBy(e => e.Name, StringComparer.Ordinal)];
    }

    private static double Relative(Tensor left, Tensor right, NormFactors? norms, Workspace workspace, CancellationToken cancellation)
    {
        int rows = (int)Math.Clamp(BandFloats / Math.Max(1, left.Shape.Columns), 1, left.Rows);
        float[] a = new float[rows * left.Columns], b = new float[a.Length];
        double off = 0, all = 0;
        for (long row = 0; row < left.Rows; row += rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var range = new RowRange(row, (int)Math.Min(rows, left.Rows - row));
            Span<float> x = Read(left, range, a, workspace), y = Read(right, range, b, workspace);
            for (int i = 0; i < x.Length; i++)
            {
                int column = i % left.Columns;
                double mine = x[i] * (norms?.Original[column] ?? 1.0), theirs = y[i] * (norms?.Other[column] ?? 1.0);
                off += (mine - theirs) * (mine - theirs);
                all += mine * mine;
            }
        }

        return all > 0 ? Math.Sqrt(off / all) : off > 0 ? double.PositiveInfinity : 0;
    }

    private static Span<float> Read(Tensor tensor, RowRange rows, float[] values, Workspace workspace)
    {
        using Band band = tensor.ReadBand(rows, workspace);
        Span<float> target = values.AsSpan(0, rows.Count * tensor.Columns);
        tensor.DType.Decode(band.Planes, tensor.Columns, target);
        return target;
    }
}
