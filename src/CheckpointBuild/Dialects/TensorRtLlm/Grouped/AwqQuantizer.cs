using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>Four-bit weights in groups with scales of inputs, as ModelOpt's export lays them out, and for FP8 activations their scale and that of the decoded weights: the builder brings them into the order of its kernels.</summary>
/// <param name="fields">What is written.</param>
/// <param name="statistics">What activations there are.</param>
internal sealed class AwqQuantizer(ConverterFields fields, CalibrationStatistics statistics) : RankQuantizer
{
    private readonly Dictionary<(RoleKind First, int Layer), Group> _groups = [];

    /// <inheritdoc/>
    public override bool KeepsRotaryTables => false;

    /// <inheritdoc/>
    /// <remarks>The source's own numbers count, not their rounding to the checkpoint's dtype.</remarks>
    public override Tensor Prepare(Tensor tensor, DType dtype, OverflowRule overflow) => Converted.Of(tensor, DType.F32);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module)
    {
        Group group = GroupOf(module.Rule.Kinds[0], module.Layer);
        AwqScales scales = group.Scales;
        var rounding = new GroupRounding(fields.Options.Quantization.GroupSize);
        Tensor share = (module with { Parts = [.. module.Parts.Select(p => (Tensor)new ScaledColumns(p, scales))] }).Share;
        if (share.Columns % rounding.Size != 0 || share.Rows % 2 != 0)
        {
            throw Errors.GroupsUneven(module.Name, share.Shape.ToString(), rounding.Size);
        }

        bool isCut = module.Rule.Split == RankSplit.Columns;
        var importance = new GroupImportance(scales, group.Squares, isCut ? share.Columns * module.Cut.Position.Tensor : 0, share.Columns);
        Tensor inputs = Reshaped.Of(Converted.Of(scales, fields.DType), new Shape(1, scales.Columns));
        inputs = isCut ? RankCut.ColumnShareOf(inputs, fields.Options.Grid.TensorParallel, module.Cut.Position.Tensor) : inputs;
        yield return Renamed.Of(new GroupCodes(share, importance, rounding), module.Name + ".weight");
        yield return Renamed.Of(new GroupScales(share, importance, rounding), module.Name + ".weights_scaling_factor");
        yield return Renamed.Of(Reshaped.Of(inputs, new Shape(share.Columns)), module.Name + ".prequant_scaling_factor");
        if (fields.Options.Quantization.Algorithm == QuantAlgo.W4A8Awq)
        {
            var all = new GroupImportance(scales, group.Squares, 0, scales.Columns);
            yield return Renamed.Of(new DecodedBound(new ScaledColumns(scales.Matrices, scales), all, rounding), module.Name + ".weights_scaling_factor_2");
            yield return Renamed.Of(new ScaledInputBound(scales, group.Largest), module.Name + ".activation_scaling_factor");
        }
    }

    // Matrices that read the same inputs share their scales.
    private Group GroupOf(RoleKind kind, int layer)
    {
        RoleKind first = SharedInputs.Kinds(fields.Checkpoint, kind, layer)[0];
        if (!_groups.TryGetValue((first, layer), out Group? group))
        {
            var shared = new SharedInputs(fields, statistics, first, layer);
            group = new Group(new AwqScales(shared.Whole, shared.Squares, new GroupRounding(fields.Options.Quantization.GroupSize), fields.DType), shared.Squares, shared.Largest);
            _groups.Add((first, layer), group);
        }

        return group;
    }

    private sealed record Group(AwqScales Scales, ImmutableArray<float> Squares, ImmutableArray<float> Largest);
}
