using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Quality;

/// <summary>What each type of each tensor is expected to cost in divergence: one tensor at a time is quantized and the model's predictions measured; for the tensor's other types that figure is scaled by what they lose of its weights.</summary>
/// <param name="model">The model.</param>
/// <param name="judge">Measures.</param>
/// <param name="moments">Mean squares of what enters the matrices, [columns] by role; empty where they are not known.</param>
internal sealed class Sensitivity(TypedCheckpoint model, ModelJudge judge, IReadOnlyDictionary<TensorRole, float[]> moments)
{
    // Rows of one tensor whose losses stand for all.
    private const int SampledRows = 128;

    /// <summary>Measures every tensor.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="bits">Bits a weight near which the losses must be right.</param>
    /// <param name="tokens">How much of the text each measurement uses.</param>
    /// <param name="cancellation">Looked at between measurements.</param>
    /// <returns>The options of each tensor.</returns>
    public ImmutableArray<ImmutableArray<TypeOption>> Of(ImmutableArray<TunableTensor> tensors, double bits, long tokens, CancellationToken cancellation)
    {
        using var workspace = new Workspace();
        var all = ImmutableArray.CreateBuilder<ImmutableArray<TypeOption>>(tensors.Length);
        foreach (TunableTensor tensor in tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            DType probe = tensor.Types.MinBy(type => Math.Abs(BitsOf(type) - bits))!;
            double measured = judge.Compare(model.With([(tensor, probe)]), tokens, cancellation).MeanDivergence;
            double[] lost = [.. tensor.Types.Select(type => LostBy(tensor, type, workspace))];
            double ofProbe = lost[tensor.Types.IndexOf(probe)];
            all.Add([.. tensor.Types.Select((type, i) => new TypeOption(type, tensor.BytesAs(type), ofProbe > 0 ? measured * lost[i] / ofProbe : 0))]);
        }

        return all.MoveToImmutable();
    }

    private static double BitsOf(DType type) => 8.0 * type.BlockBytes / type.BlockLength;

    private double LostBy(TunableTensor tensor, DType type, Workspace workspace)
    {
        int rows = Math.Max(1, SampledRows / tensor.Roles.Length);
        double lost = 0;
        foreach ((TensorRole role, Tensor matrix, ColumnWeights? weights) in model.As(tensor, type))
        {
            ColumnWeights? counting = moments.TryGetValue(role, out float[]? squares) ? new ColumnWeights(squares, matrix.Columns, matrix.Rows) : weights;
            lost += matrix is Converted converted ? WeightNoise.Of(converted, counting, rows, workspace).Lost : 0;
            workspace.ReleaseResidents();
        }

        return lost;
    }
}
