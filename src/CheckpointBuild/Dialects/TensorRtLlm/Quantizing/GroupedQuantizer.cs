using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Matrices out of a GPTQ or AWQ checkpoint: the same integers in the order of the kernels, with scales and, where there are, zero points group by group.</summary>
/// <param name="fields">What is written.</param>
internal sealed class GroupedQuantizer(ConverterFields fields) : RankQuantizer
{
    /// <inheritdoc/>
    public override Tensor Prepare(Tensor tensor, DType dtype, OverflowRule overflow) => tensor;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module)
    {
        ImmutableArray<PackedMatrix> matrices = [.. module.Parts.Select(p => p as PackedMatrix ?? throw Errors.NotPacked(module.Name, fields.Options.Quantization.Algorithm!.Name))];
        PackedForm form = matrices[0].Form;
        if (form.Bits != fields.Options.Quantization.Algorithm!.WeightBits || matrices.Any(m => m.Form != form))
        {
            throw Errors.PackedOtherwise(module.Name, form.Bits, fields.Options.Quantization.Algorithm.Name);
        }

        ImmutableArray<PackedRows> rows = RowsOf(module, matrices);
        RowSlice columns = ColumnsOf(module, matrices[0]);
        long outputs = rows.Sum(r => r.Rows.Count);
        KernelOrder order = fields.Options.TargetSm == 0 ? throw Errors.NoKernelOrder(fields.Checkpoint.Name) : KernelOrder.Of(fields.Options.TargetSm, false, fields.Options.Version);
        var codes = new GroupedCodes(rows, columns, order, fields.DType);
        yield return Renamed.Of(Reshaped.Of(codes, new Shape(columns.Count, outputs * form.Bits / 16)), module.Name + ".weight");
        yield return Groups(rows, columns, m => m.Scales, module.Name + ".weights_scaling_factor");
        if (fields.Options.Quantization.HasZeroPoints)
        {
            yield return Groups(rows, columns, m => new GroupedZeros(m), module.Name + ".zero");
        }
    }

    private Tensor Groups(ImmutableArray<PackedRows> rows, RowSlice columns, System.Func<PackedMatrix, Tensor> groupsOf, string name)
    {
        int size = rows[0].Matrix.Form.GroupSize;
        ImmutableArray<Tensor> parts = [.. rows.Select(r =>
        {
            Tensor own = SelectedRows.Of(groupsOf(r.Matrix), new RowSlice(columns.Start / size, columns.Count / size));
            return r.Rows.Count == r.Matrix.Outputs ? own : SelectedColumns.Of(own, r.Rows);
        })];
        return Renamed.Of(Converted.Of(JoinedColumns.Of(name, parts), fields.DType), name);
    }

    // What the cut would take of the matrix, seen in its rows' numbers.
    private static ImmutableArray<PackedRows> RowsOf(RankModule module, ImmutableArray<PackedMatrix> matrices)
    {
        if (module.Rule.Split == RankSplit.Columns)
        {
            return [new PackedRows(matrices[0], new RowSlice(0, matrices[0].Outputs))];
        }

        return [.. matrices.Select((m, i) => new PackedRows(m, module.Rule.Split == RankSplit.Heads
            ? module.Cut.HeadRows(m.Outputs, i == 0 ? module.Cut.Config.HeadCount : module.Cut.Config.KeyValueHeadCount)
            : Share(m.Outputs, module)))];
    }

    private static RowSlice Share(long count, RankModule module)
    {
        int ranks = module.Cut.Options.Grid.TensorParallel;
        return count % ranks == 0 ? new RowSlice(count / ranks * module.Cut.Position.Tensor, count / ranks) : throw Errors.SplitUneven(module.Name, "rows", count, ranks);
    }

    private static RowSlice ColumnsOf(RankModule module, PackedMatrix matrix)
    {
        RowSlice columns = module.Rule.Split == RankSplit.Columns ? Share(matrix.Inputs, module) : new RowSlice(0, matrix.Inputs);
        int size = matrix.Form.GroupSize;
        return columns.Start % size == 0 && columns.Count % size == 0 && columns.Count % KernelOrder.TileColumns == 0 ? columns : throw Errors.SplitUneven(module.Name, $"groups of {size} columns", matrix.Inputs / size, module.Cut.Options.Grid.TensorParallel);
    }
}
