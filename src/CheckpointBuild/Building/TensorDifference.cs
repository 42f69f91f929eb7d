using System.Globalization;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>What differs between two forms of one tensor.</summary>
/// <param name="Name">What the tensor is called.</param>
/// <param name="Left">The tensor of the first, or null where it has none.</param>
/// <param name="Right">The tensor of the second, or null where it has none.</param>
public sealed record TensorDifference(string Name, Tensor? Left, Tensor? Right)
{
    /// <summary>How many numbers differ.</summary>
    public long DifferentCount { get; init; }

    /// <summary>The largest distance between two numbers; infinite where one of both is not finite, or of a dtype whose numbers are not computed with.</summary>
    public double MaxAbsoluteError { get; init; }

    /// <summary>Whether nothing but the dialect's own rule for dtypes tells them apart: the numbers are equal, and one form keeps all such tensors in float32.</summary>
    public bool IsOfDialect { get; init; }

    /// <summary>Whether only the dtypes differ: every number is the same.</summary>
    public bool IsOfType => Left is not null && Right is not null && Left.Shape == Right.Shape && DifferentCount == 0;

    /// <summary>Writes the difference as one line.</summary>
    /// <returns>For instance <c>model.norm.weight: 3 of 64 numbers differ, max abs error 0.25</c>.</returns>
    public override string ToString()
    {
        if (Left is null || Right is null)
        {
            return $"{Errors.Shown(Name)}: only in the {(Right is null ? "first" : "second")} ({Describe((Left ?? Right)!)})";
        }

        if (Left.Shape != Right.Shape)
        {
            return $"{Errors.Shown(Name)}: {Describe(Left)}, {Describe(Right)}";
        }

        string name = Errors.Shown(Name);
        string types = Left.DType == Right.DType ? "" : $"{Left.DType}, {Right.DType}; ";
        return DifferentCount == 0
            ? $"{name}: {types}the same numbers"
            : !Left.DType.HasValues || !Right.DType.HasValues ? $"{name}: {types}not the same; numbers of {(Left.DType.HasValues ? Right : Left).DType} are not computed with, and how far they are apart is not known"
            : string.Create(CultureInfo.InvariantCulture, $"{name}: {types}{DifferentCount:N0} of {Left.Shape.ElementCount:N0} numbers differ, max abs error {MaxAbsoluteError:G6}");
    }

    private static string Describe(Tensor tensor) => $"{tensor.DType} {tensor.Shape}";
}
