using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>Matrices with the same inputs, which are smoothed together.</summary>
/// <param name="Weights">The matrices in float16, by kind.</param>
/// <param name="Outputs">The largest magnitude of what each gives, by kind.</param>
/// <param name="Activations">The largest magnitude of each input.</param>
/// <param name="Scales">What inputs are divided by; null = nothing.</param>
internal sealed record SmoothGroup(ImmutableDictionary<RoleKind, Tensor> Weights, ImmutableDictionary<RoleKind, float> Outputs, ImmutableArray<float> Activations, SmoothingScales? Scales)
{
    /// <summary>Puts a group together.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="statistics">What activations there are.</param>
    /// <param name="roles">The matrices; the inputs' magnitudes are those that the first one saw.</param>
    /// <param name="alpha">SmoothQuant's; null = inputs are not divided.</param>
    /// <returns>The group.</returns>
    public static SmoothGroup Of(Checkpoint checkpoint, CalibrationStatistics statistics, IReadOnlyList<TensorRole> roles, double? alpha)
    {
        Dictionary<TensorRole, ModuleStatistics> found = roles.ToDictionary(r => r, r => StatisticsOf(checkpoint, statistics, r));
        ImmutableArray<Tensor> weights = [.. roles.Select(r => Converted.Of(checkpoint.Tensors[r], DType.F16))];
        ImmutableArray<float> activations = found[roles[0]].Inputs;
        return new SmoothGroup(
            roles.Zip(weights).ToImmutableDictionary(p => p.First.Kind, p => p.Second),
            roles.ToImmutableDictionary(r => r.Kind, r => found[r].Outputs.Max()),
            activations,
            alpha is { } share ? new SmoothingScales(new ColumnMagnitudes(weights), activations, share) : null);
    }

    /// <summary>The matrix of a kind, smoothed.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>A float16 matrix.</returns>
    public Tensor Smooth(RoleKind kind) => Scales is null ? Weights[kind] : new Smoothed(Weights[kind], Scales, SmoothingDirection.Multiply);

    // By the module's name in Hugging Face's files; several roles may lie in it.
    private static ModuleStatistics StatisticsOf(Checkpoint checkpoint, CalibrationStatistics statistics, TensorRole role)
    {
        StoredTensor stored = checkpoint.Family.Naming.TensorsOf(checkpoint.Config).First(t => t.Roles.Contains(role));
        long outputs = stored.Roles.Sum(r => checkpoint.Config.ShapeOf(r).Rows);
        return statistics.Of(stored.Name[..stored.Name.LastIndexOf('.')], checkpoint.Config.ShapeOf(role).Columns, outputs);
    }
}
