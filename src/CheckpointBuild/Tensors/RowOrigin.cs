using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Tensors;

/// <summary>Where a tensor's rows come from, where they are rows of one other tensor in its order.</summary>
/// <param name="Source">The tensor that is read in the end.</param>
/// <param name="First">The row of it that is the tensor's first.</param>
internal readonly record struct RowOrigin(Tensor Source, long First)
{
    /// <summary>Follows the views of a tensor down to what is read.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns>Its origin; null where a row is made of several, or of rows in another order.</returns>
    public static RowOrigin? Of(Tensor tensor) => tensor switch
    {
        { Sources.IsEmpty: true } => new RowOrigin(tensor, 0),
        SelectedRows { Map: RowSlice slice } view => Of(view.Source) is { } origin ? origin with { First = origin.First + slice.Start } : null,
        Renamed or Converted or Padded or SelectedColumns or Reshaped => tensor.Sources is [{ } source] && (source.Rows == tensor.Rows || tensor is Padded) ? Of(source) : null,
        _ => null,
    };
}
