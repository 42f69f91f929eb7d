namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Multiplies with rows of a matrix as they are stored. Abstract per dtype, so that one virtual call is made per band of rows.</summary>
internal abstract unsafe partial class RowKernel
{
    /// <summary>The dot products of some rows with one vector, each in the order of <see cref="Lanes"/>.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">The first row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="input">The vector, [columns], padded with zeros to a multiple of 16.</param>
    /// <param name="output">Receives the sums, [count].</param>
    /// <param name="scratch">Room for <see cref="Tile.Rows"/> rows of float32, padded to a multiple of 16.</param>
    public abstract void Multiply(WeightMatrix matrix, long row, int count, float* input, float* output, float* scratch);

    /// <summary>Writes rows as float32 in the order in which <see cref="Tile"/> reads them; missing rows and columns are zero.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">The first row.</param>
    /// <param name="count">How many rows, at most <see cref="Tile.Rows"/>.</param>
    /// <param name="tile">Receives [columns / 16, 4 rows, 16], columns rounded up.</param>
    /// <param name="scratch">Room for <see cref="Tile.Rows"/> rows of float32, padded to a multiple of 16.</param>
    public abstract void Expand(WeightMatrix matrix, long row, int count, float* tile, float* scratch);
}
