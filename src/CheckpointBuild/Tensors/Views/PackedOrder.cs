namespace CheckpointBuild.Tensors.Views;

/// <summary>Which integers of a matrix stand together in a 32-bit word.</summary>
public enum PackedOrder
{
    /// <summary>Neighbours of one row of the matrix: words are [in / n, out] (GPTQ).</summary>
    AlongInputs,

    /// <summary>Neighbours of one column of the matrix, those of even places first: words are [in, out / n] (AWQ).</summary>
    AlongOutputs,
}
