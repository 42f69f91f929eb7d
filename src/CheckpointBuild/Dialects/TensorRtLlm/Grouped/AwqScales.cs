using System;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using Tensor = CheckpointBuild.Tensors.Tensor;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>What the inputs of matrices that share them are multiplied by before the matrices, whose columns are divided by it (AWQ, arXiv:2306.00978): of a grid of exponents the one whose rounding hurts the outputs least.</summary>
/// <remarks>The error of an output is estimated by <c>Σ E[x²] · (w − ŵ)²</c> over the inputs, which needs no activations but their mean squares.</remarks>
/// <param name="Matrices">The matrices one under the other, float32 [out, in].</param>
/// <param name="Squares">The mean square of each input.</param>
/// <param name="Rounding">How groups are rounded.</param>
/// <param name="Kept">The dtype that the scales are stored in.</param>
internal sealed record AwqScales(Tensor Matrices, ImmutableArray<float> Squares, GroupRounding Rounding, DType Kept) : Tensor(Matrices.Name, DType.F32, new Shape(Matrices.Columns))
{
    private const int Steps = 10;
    private const double Least = 1e-4, Most = 1e4;

    // Rows read at once.
    private const int BandRows = 64;

    // Several tensors of the checkpoint need the scales, and to search them is most of the work.
    private readonly Search _search = new();

    /// <inheritdoc/>
    public override string Derivation => $"awq({Matrices.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Matrices];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        lock (_search)
        {
            _search.Found ??= Find(workspace);
            _search.Found.CopyTo(MemoryMarshal.Cast<byte, float>(destination.Codes));
        }
    }

    private float[] Find(Workspace workspace)
    {
        double[] weights = ColumnShares(workspace);
        float[][] candidates = new float[Steps + 2][];
        for (int step = 0; step <= Steps; step++)
        {
            candidates[step] = Candidate(weights, step / (double)Steps);
        }

        candidates[^1] = new float[Columns];
        Array.Fill(candidates[^1], 1);
        double[] errors = Errors(candidates, workspace);
        int best = candidates.Length - 1;
        for (int i = 0; i < errors.Length; i++)
        {
            best = errors[i] < errors[best] ? i : best;
        }

        return candidates[best];
    }

    // How much of its group's largest magnitude a column has on average.
    private double[] ColumnShares(Workspace workspace)
    {
        double[] sums = new double[Columns];
        ForEachRow(workspace, row =>
        {
            for (int start = 0; start < Columns; start += Rounding.Size)
            {
                ReadOnlySpan<float> group = row.AsSpan(start, Math.Min(Rounding.Size, Columns - start));
                double most = Math.Abs(TensorPrimitives.MaxMagnitude(group));
                for (int i = 0; most > 0 && i < group.Length; i++)
                {
                    sums[start + i] += Math.Abs(group[i]) / most;
                }
            }
        });
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] /= Math.Max(1, Matrices.Rows);
        }

        return sums;
    }

    // p = 1 / s with s = x^a / w^(1-a), normalized so that largest and smallest are reciprocal; rounded as it will be stored.
    private float[] Candidate(double[] weights, double alpha)
    {
        double[] scales = new double[Columns];
        double most = 0, least = double.MaxValue;
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = Math.Clamp(Math.Pow(Math.Sqrt(Squares[i]), alpha) / Math.Pow(Math.Max(weights[i], Least), 1 - alpha), Least, Most);
            (most, least) = (Math.Max(most, scales[i]), Math.Min(least, scales[i]));
        }

        float[] kept = new float[Columns];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = (float)(Math.Sqrt(most * least) / scales[i]);
        }

        byte[] codes = new byte[Kept.RowBytes(0, Columns)];
        Kept.Encode(kept, Columns, new Planes(codes));
        Kept.Decode(new Planes(codes), Columns, kept);
        return kept;
    }

    private double[] Errors(float[][] candidates, Workspace workspace)
    {
        double[] errors = new double[candidates.Length];
        float[] scaled = new float[Columns], importance = new float[Columns];
        ForEachRow(workspace, row =>
        {
            for (int c = 0; c < candidates.Length; c++)
            {
                float[] p = candidates[c];
                for (int i = 0; i < row.Length; i++)
                {
                    scaled[i] = row[i] / p[i];
                    importance[i] = Squares[i] * p[i] * p[i];
                }

                errors[c] += Rounding.ErrorOf(scaled, importance);
            }
        });
        return errors;
    }

    private void ForEachRow(Workspace workspace, Action<float[]> use)
    {
        float[] row = new float[Columns];
        for (long start = 0; start < Matrices.Rows; start += BandRows)
        {
            var range = new RowRange(start, (int)Math.Min(BandRows, Matrices.Rows - start));
            using Band band = Matrices.ReadBand(range, workspace);
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(band.Codes);
            for (int i = 0; i < range.Count; i++)
            {
                values.Slice(i * Columns, Columns).CopyTo(row);
                use(row);
            }
        }
    }

    /// <summary>What was found.</summary>
    private sealed class Search
    {
        /// <summary>[in] scales; null before the search.</summary>
        public float[]? Found { get; set; }
    }
}
