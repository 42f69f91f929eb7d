using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects;

/// <summary>Compares the bytes of two tensors, band by band, up to the first difference.</summary>
internal static class TensorComparison
{
    private const int BandBytes = 1 << 20;

    /// <summary>Whether two tensors hold the same bytes.</summary>
    /// <param name="left">A tensor.</param>
    /// <param name="right">Another.</param>
    /// <returns>True when dtype, shape and every byte of plane 0 are equal.</returns>
    public static bool AreEqual(Tensor left, Tensor right)
    {
        if (left.DType != right.DType || left.Shape != right.Shape)
        {
            return false;
        }

        using var workspace = new Workspace();
        int rows = (int)Math.Max(1, BandBytes / Math.Max(1, left.RowBytes(0)));
        for (long row = 0; row < left.Rows; row += rows)
        {
            var range = new RowRange(row, (int)Math.Min(rows, left.Rows - row));
            using Band a = left.ReadBand(range, workspace);
            using Band b = right.ReadBand(range, workspace);
            if (!a.Codes.SequenceEqual(b.Codes))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether every byte of a tensor is zero; stops at the first that is not.</summary>
    /// <param name="tensor">A tensor.</param>
    /// <returns>True when all of plane 0 is.</returns>
    public static bool IsZero(Tensor tensor)
    {
        using var workspace = new Workspace();
        int rows = (int)Math.Max(1, BandBytes / Math.Max(1, tensor.RowBytes(0)));
        for (long row = 0; row < tensor.Rows; row += rows)
        {
            using Band band = tensor.ReadBand(new RowRange(row, (int)Math.Min(rows, tensor.Rows - row)), workspace);
            if (band.Codes.ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }
}
