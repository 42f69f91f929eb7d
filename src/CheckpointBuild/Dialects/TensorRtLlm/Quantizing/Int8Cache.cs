using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm.Grouped;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>The scale of an int8 cache beside weights of any kind: the largest magnitude of what the cache's projections give, over 127.</summary>
/// <param name="fields">What is written.</param>
/// <param name="statistics">What activations there are.</param>
/// <param name="kinds">The projections that count: the converters take queries too, ModelOpt keys and values alone.</param>
/// <param name="shape">A number, or a vector of one.</param>
/// <param name="weights">What becomes of matrices; null = they stay as they are.</param>
internal sealed class Int8Cache(ConverterFields fields, CalibrationStatistics statistics, ImmutableArray<RoleKind> kinds, Shape shape, RankQuantizer? weights) : RankQuantizer
{
    private const float Most = 127;

    /// <inheritdoc/>
    public override DType? WorksIn => weights?.WorksIn;

    /// <inheritdoc/>
    public override bool KeepsRotaryTables => false;

    /// <inheritdoc/>
    public override DType? Through => weights?.Through;

    /// <inheritdoc/>
    public override bool Concerns(RankRule rule, int layer, TensorPart part) => HasScale(rule, part) || weights?.Concerns(rule, layer, part) == true;

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor tensor, DType dtype, OverflowRule overflow) => weights?.Prepare(tensor, dtype, overflow) ?? base.Prepare(tensor, dtype, overflow);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        IEnumerable<Tensor> own = weights?.Concerns(module.Rule, module.Layer, module.Part) == true ? weights.Tensors(module) : [module.Share];
        return HasScale(module.Rule, module.Part) ? [.. own, Scale(module)] : own;
    }

    private static bool HasScale(RankRule rule, TensorPart part) => rule.Kinds[0] == RoleKind.Query && part == TensorPart.Weight;

    private Tensor Scale(RankModule module)
    {
        var shared = new SharedInputs(fields, statistics, RoleKind.Query, module.Layer);
        var scale = new Computed("", [kinds.Max(shared.LargestOutput) / Most], "scale of the cache");
        return Renamed.Of(Reshaped.Of(scale, shape), module.LayerName + "attention.kv_cache_scaling_factor");
    }
}
