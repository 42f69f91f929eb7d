using System.Collections.Immutable;

namespace CheckpointBuild.Quantization;

/// <summary>The largest magnitudes that a module saw and gave.</summary>
/// <param name="Inputs">Of each input.</param>
/// <param name="Outputs">Of each output.</param>
public sealed record ModuleStatistics(ImmutableArray<float> Inputs, ImmutableArray<float> Outputs)
{
    /// <summary>The mean square of each input; empty where nobody measured it.</summary>
    public ImmutableArray<float> Squares { get; init; } = [];
}
