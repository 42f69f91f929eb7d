using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Formats;

/// <summary>A tensor as a PyTorch file describes it, before it has a name and before its storage was found.</summary>
/// <param name="Storage">The numbers that it looks at.</param>
/// <param name="DType">How they are written down.</param>
/// <param name="Offset">Its first number in the storage.</param>
/// <param name="Sizes">Its dimensions.</param>
/// <param name="Strides">For each dimension, how many numbers lie from one index to the next.</param>
internal sealed record TorchTensor(TorchStorage Storage, DType DType, long Offset, ImmutableArray<long> Sizes, ImmutableArray<long> Strides)
{
    /// <summary>Whether complex numbers are stored with the other sign of their second part.</summary>
    public bool IsConjugated { get; init; }

    /// <summary>Whether numbers are stored with the other sign.</summary>
    public bool IsNegated { get; init; }
}
