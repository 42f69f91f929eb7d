using CheckpointBuild.Models;

namespace CheckpointBuild.Quantization.Judging;

/// <summary>How far one weight matrix is from another's.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Name">What the judged checkpoint calls it.</param>
/// <param name="DType">Its dtype there.</param>
/// <param name="Relative">Root of the summed squares of differences over that of the original.</param>
public sealed record WeightError(TensorRole Role, string Name, string DType, double Relative);
