using System;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>The shape that a header claims for one tensor, and the bytes that it takes: worked out before anything in the header is believed.</summary>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Bytes">The bytes of the whole tensor.</param>
internal readonly record struct Extent(Shape Shape, long Bytes)
{
    /// <summary>Measures a tensor.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensor">The tensor, for messages.</param>
    /// <param name="dtype">Its dtype, of one plane, with blocks that the last dimension is a multiple of.</param>
    /// <param name="dimensions">Outermost first, none negative.</param>
    /// <returns>Its shape and bytes.</returns>
    /// <exception cref="CheckpointException">CKPT1010 when the count of numbers or bytes passes 2^63 - 1, CKPT1011 when a row has more than 2^31 - 1 columns.</exception>
    public static Extent Measure(string path, string tensor, DType dtype, ReadOnlySpan<long> dimensions)
    {
        try
        {
            var shape = new Shape(dimensions);
            return shape.Columns <= int.MaxValue
                ? new Extent(shape, checked(dtype.RowBytes(0, shape.Columns) * shape.Rows))
                : throw Errors.RowTooLong(path, tensor, shape.Columns);
        }
        catch (OverflowException)
        {
            throw Errors.TensorTooLarge(path, tensor, dtype.Name, $"[{string.Join(", ", dimensions.ToArray())}]");
        }
    }
}
