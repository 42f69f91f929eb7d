using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <summary>A linear map of the model: a matrix and, where the model has one, a bias.</summary>
/// <param name="Role">What it does in the model.</param>
/// <param name="Matrix">[out, in]; may be shared, as by an output head that is tied to the embedding.</param>
/// <param name="Bias">[out], or null.</param>
internal sealed record Projection(TensorRole Role, WeightMatrix Matrix, float[]? Bias)
{
    /// <summary>How many numbers come out.</summary>
    public int Outputs => checked((int)Matrix.Rows);

    /// <summary>How many numbers go in.</summary>
    public int Inputs => Matrix.Columns;
}
