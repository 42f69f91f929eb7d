using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm.Grouped;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Exported;

/// <summary>SmoothQuant as ModelOpt's export lays it out: inputs divided by their largest magnitudes, rows of integers with a scale each, one scale for what inputs are then.</summary>
/// <param name="fields">What is written.</param>
/// <param name="statistics">What activations there are.</param>
internal sealed class Int8Exporter(ConverterFields fields, CalibrationStatistics statistics) : RankQuantizer
{
    private const float Least = 1e-4f, Most = 1e4f, Levels = 127;

    /// <inheritdoc/>
    public override bool KeepsRotaryTables => false;

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor tensor, DType dtype, OverflowRule overflow) => Converted.Of(tensor, DType.F32);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module)
    {
        var shared = new SharedInputs(fields, statistics, SharedInputs.Kinds(fields.Checkpoint, module.Rule.Kinds[0], module.Layer)[0], module.Layer);
        ImmutableArray<float> largest = shared.Largest, scales = [.. largest.Select(x => Math.Clamp(1 / x, Least, Most))], turned = [.. scales.Select(p => 1 / p)];
        ImmutableArray<Tensor> smooth = [.. module.Parts.Select(p => Converted.Of(new ScaledBy(p, turned), fields.DType))];
        bool isCut = module.Rule.Split == RankSplit.Columns;
        Tensor inputs = Converted.Of(Reshaped.Of(new Computed("", scales, "scales of inputs"), new Shape(1, scales.Length)), fields.DType);
        inputs = isCut ? RankCut.ColumnShareOf(inputs, fields.Options.Grid.TensorParallel, module.Cut.Position.Tensor) : inputs;

        yield return (module with { Parts = [.. smooth.Select(p => (Tensor)new Int8Rows(p, false))] }).Share;
        yield return Renamed.Of(
            module.Cut.Share(module.Rule, [.. smooth.Select(p => Reshaped.Of(new Int8Rows(p, true), new Shape(p.Rows)))], TensorPart.Bias, module.Name), module.Name + ".weights_scaling_factor");
        yield return Renamed.Of(Reshaped.Of(inputs, new Shape(inputs.Columns)), module.Name + ".prequant_scaling_factor");
        float bound = largest.Zip(scales).Max(p => p.First * p.Second);
        yield return new Computed(module.Name + ".activation_scaling_factor", [bound == 0 ? 1 : bound / Levels], "scale of inputs");
    }
}
