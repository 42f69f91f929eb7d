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

/// <summary>Four-bit weights in groups with scales of inputs, as ModelOpt's export lays them out: the builder brings them into the order of its kernels.</summary>
/// <param name="fields">What is written.</param>
/// <param name="statistics">What activations there are.</param>
internal sealed class AwqQuantizer(ConverterFields fields, CalibrationStatistics statistics) : RankQuantizer
{
    private readonly Dictionary<(RoleKind First, int Layer), (AwqScales Scales, ImmutableArray<float> Squares)> _groups = [];

    /// <inheritdoc/>
    public override bool KeepsRotaryTables => false;

    /// <inheritdoc/>
    /// <remarks>The source's own numbers count, not their rounding to the checkpoint's dtype.</remarks>
    public override Tensor Prepare(Tensor tensor, DType dtype, OverflowRule overflow) => Converted.Of(tensor, DType.F32);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module)
    {
        (AwqScales scales, ImmutableArray<float> squares) = Group(module.Rule.Kinds[0], module.Layer);
        var rounding = new GroupRounding(fields.Options.Quantization.GroupSize);
        Tensor share = (module with { Parts = [.. module.Parts.Select(p => (Tensor)new ScaledColumns(p, scales))] }).Share;
        if (share.Columns % rounding.Size != 0 || share.Rows % 2 != 0)
        {
            throw Errors.GroupsUneven(module.Name, share.Shape.ToString(), rounding.Size);
        }

        bool isCut = module.Rule.Split == RankSplit.Columns;
        var importance = new GroupImportance(scales, squares, isCut ? share.Columns * module.Cut.Position.Tensor : 0, share.Columns);
        Tensor inputs = Reshaped.Of(Converted.Of(scales, fields.DType), new Shape(1, scales.Columns));
        inputs = isCut ? RankCut.ColumnShareOf(inputs, fields.Options.Grid.TensorParallel, module.Cut.Position.Tensor) : inputs;
        yield return Renamed.Of(new GroupCodes(share, importance, rounding), module.Name + ".weight");
        yield return Renamed.Of(new GroupScales(share, importance, rounding), module.Name + ".weights_scaling_factor");
        yield return Renamed.Of(Reshaped.Of(inputs, new Shape(share.Columns)), module.Name + ".prequant_scaling_factor");
    }

    // Matrices that read the same inputs share their scales.
    private (AwqScales Scales, ImmutableArray<float> Squares) Group(RoleKind kind, int layer)
    {
        RoleKind[] kinds = kind switch
        {
            RoleKind.Query => [RoleKind.Query, RoleKind.Key, RoleKind.Value],
            RoleKind.Gate or RoleKind.Up when fields.Checkpoint.Tensors.Find(new TensorRole(RoleKind.Gate, layer)) is not null => [RoleKind.Gate, RoleKind.Up],
            _ => [kind],
        };
        if (!_groups.TryGetValue((kinds[0], layer), out (AwqScales Scales, ImmutableArray<float> Squares) group))
        {
            ImmutableArray<Tensor> matrices = [.. kinds.Select(k => Converted.Of(fields.Checkpoint.Tensors[new TensorRole(k, layer)], DType.F32))];
            ImmutableArray<float> squares = SquaresOf(new TensorRole(kinds[0], layer));
            group = (new AwqScales(JoinedRows.Of($"layer {layer} {kinds[0]}", matrices, 1), squares, new GroupRounding(fields.Options.Quantization.GroupSize), fields.DType), squares);
            _groups.Add((kinds[0], layer), group);
        }

        return group;
    }

    private ImmutableArray<float> SquaresOf(TensorRole role)
    {
        StoredTensor stored = fields.Checkpoint.Family.Naming.TensorsOf(fields.Config).First(t => t.Roles.Contains(role));
        long inputs = fields.Config.ShapeOf(role).Columns, outputs = stored.Roles.Sum(r => fields.Config.ShapeOf(r).Rows);
        ModuleStatistics found = statistics.Of(stored.Name[..stored.Name.LastIndexOf('.')], inputs, outputs);
        return found.Squares.Length == inputs ? found.Squares : throw Errors.SquaresMissing(statistics.Name, stored.Name);
    }
}
