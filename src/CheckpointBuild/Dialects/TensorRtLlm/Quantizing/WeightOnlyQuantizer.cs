using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Integers with one scale a row, in the order that a GPU's kernels read: after the split over ranks, so that scales of matrices split by columns depend on it.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="pads">Whether matrices that kernels cannot take are padded, as the newer converters do.</param>
internal sealed class WeightOnlyQuantizer(TensorRtLlmOptions options, bool pads) : RankQuantizer
{
    // Both dimensions of what one rank has.
    private const int Multiple = 64;

    private int Bits => options.Quantization.Algorithm!.WeightBits;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Linear(RankCut cut, RankRule rule, ImmutableArray<Tensor> weights, string module)
    {
        bool isStack = rule.Split is RankSplit.ExpertRows or RankSplit.ExpertColumns;
        Tensor share = !isStack && pads && IsPadded(rule, weights) ? PaddedShare(cut, rule, weights, module) : cut.Share(rule, weights, TensorPart.Weight, module);
        Shape shape = share.Shape;
        (long outputs, long inputs) = (shape.Dimensions[^2], shape.Dimensions[^1]);
        KernelOrder order = KernelOrder.Of(options.TargetSm, isStack, options.Version);
        if (inputs % (order.Interleaves ? Multiple : 32) != 0 || outputs * Bits / 8 % 32 != 0)
        {
            throw Errors.KernelCannotTake(module, shape.ToString(), options.TargetSm, options.Quantization.Algorithm!.Name);
        }

        Tensor matrix = Reshaped.Of(share, new Shape(share.Rows, inputs));
        ImmutableArray<long> stack = shape.Dimensions[..^2];
        yield return Named(new WeightOnlyCodes(matrix, Bits, order), new Shape([.. stack, inputs, outputs * Bits / 8]), module + ".weight");
        yield return Named(new WeightOnlyScales(matrix, Bits), new Shape([.. stack, outputs]), module + ".per_channel_scale");
    }

    private static Tensor Named(Tensor tensor, Shape shape, string name) => Renamed.Of(Reshaped.Of(tensor, shape), name);

    private bool IsPadded(RankRule rule, ImmutableArray<Tensor> weights)
    {
        int multiple = Multiple * options.Grid.TensorParallel;
        return weights[0].Shape.Columns % multiple != 0 || OutputsOf(rule, weights) % multiple != 0;
    }

    private long OutputsOf(RankRule rule, ImmutableArray<Tensor> weights) => rule.Split == RankSplit.Heads
        ? weights[0].Rows + (2 * weights[1].Rows * Repeats(weights))
        : weights.Sum(w => w.Rows);

    private long Repeats(ImmutableArray<Tensor> weights) => weights.Length == 0 || KeyHeads >= options.Grid.TensorParallel ? 1 : options.Grid.TensorParallel / KeyHeads;

    /// <summary>Key/value heads of the model.</summary>
    public required int KeyHeads { get; init; }

    // The whole matrix falls into plain blocks of the padded width, whatever lies in it.
    private Tensor PaddedShare(RankCut cut, RankRule rule, ImmutableArray<Tensor> weights, string module)
    {
        int ranks = options.Grid.TensorParallel, rank = cut.Position.Tensor;
        long multiple = Multiple * ranks;
        Tensor whole = JoinedRows.Of(module, weights, 1);
        long outputs = Up(OutputsOf(rule, weights), multiple), inputs = Up(whole.Shape.Columns, multiple);
        if (rule.Split == RankSplit.Columns)
        {
            long width = inputs / ranks, first = width * rank;
            return first < whole.Shape.Columns
                ? Padded.Of(ranks == 1 ? whole : SelectedColumns.Of(whole, new RowSlice(first, long.Min(width, whole.Shape.Columns - first))), outputs, width)
                : throw Errors.RankWithoutBlock(module, whole.Shape.ToString(), ranks, rank);
        }

        long height = outputs / ranks, start = height * rank;
        return start < whole.Rows
            ? Padded.Of(ranks == 1 ? whole : SelectedRows.Of(whole, new RowSlice(start, long.Min(height, whole.Rows - start))), height, inputs)
            : throw Errors.RankWithoutBlock(module, whole.Shape.ToString(), ranks, rank);
    }

    private static long Up(long size, long multiple) => (size + multiple - 1) / multiple * multiple;
}
