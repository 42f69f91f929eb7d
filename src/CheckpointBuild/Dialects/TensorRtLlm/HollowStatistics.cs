using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Statistics of the right shapes and no meaning: enough to plan what calibrated ranks hold.</summary>
internal static class HollowStatistics
{
    /// <summary>Statistics of every matrix in a model's layers, all 1.</summary>
    /// <param name="name">Where they are needed, for messages.</param>
    /// <param name="family">The family.</param>
    /// <param name="config">The model.</param>
    /// <returns>The statistics.</returns>
    public static CalibrationStatistics Of(string name, ModelFamily family, ModelConfig config) => new(name,
        from tensor in family.Naming.TensorsOf(config)
        where tensor.Roles[0] is { IsInLayer: true, Part: TensorPart.Weight } && tensor.Roles.All(r => config.ShapeOf(r).Rank == 2)
        let inputs = Ones(config.ShapeOf(tensor.Roles[0]).Columns)
        select KeyValuePair.Create(tensor.Name[..tensor.Name.LastIndexOf('.')], new ModuleStatistics(inputs, Ones(tensor.Roles.Sum(r => config.ShapeOf(r).Rows))) { Squares = inputs }));

    private static ImmutableArray<float> Ones(long count) => [.. Enumerable.Repeat(1f, checked((int)count))];
}
