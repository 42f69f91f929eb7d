using System;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using TorchTensor = global::TorchSharp.torch.Tensor;

namespace CheckpointBuild.TorchSharp;

/// <summary>Moves the rows of a tensor into a torch tensor, a stretch at a time, whatever device it lies on.</summary>
internal static class RowTransfer
{
    // Large enough that a copy to a device is worth its start, small beside any model.
    private const long StretchBytes = 64 << 20;

    /// <summary>Fills a torch tensor.</summary>
    /// <param name="target">A tensor of the same shape.</param>
    /// <param name="source">The rows.</param>
    /// <param name="workspace">Where memory comes from.</param>
    public static void Fill(TorchTensor target, Tensor source, Workspace workspace)
    {
        Tensor rows = Converted.Of(source, TorchDTypes.Of(target.dtype)!);
        if (rows.Shape.ElementCount == 0)
        {
            return;
        }

        if (!target.is_contiguous())
        {
            using TorchTensor whole = global::TorchSharp.torch.empty(target.shape, dtype: target.dtype);
            Fill(whole, rows, workspace);
            _ = target.copy_(whole);
            return;
        }

        int step = (int)Math.Clamp(StretchBytes / Math.Max(1, rows.RowBytes(0)), 1, rows.Rows);
        using TorchTensor matrix = target.view(rows.Rows, rows.Shape.Columns);
        using TorchTensor stretch = global::TorchSharp.torch.empty([step, rows.Shape.Columns], dtype: target.dtype);
        for (long row = 0; row < rows.Rows; row += step)
        {
            int count = (int)Math.Min(step, rows.Rows - row);
            using TorchTensor from = stretch.narrow(0, 0, count);
            using TorchTensor to = matrix.narrow(0, row, count);
            rows.Read(new RowRange(row, count), new Planes(from.bytes), workspace);
            _ = to.copy_(from);
        }
    }
}
