using CheckpointBuild.Dialects;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Building.Quality;

/// <summary>One way to give types to all tensors, measured in whole.</summary>
/// <param name="Name">A kind of file, or how it was found.</param>
/// <param name="Options">One type a tensor.</param>
/// <param name="Recipe">The recipe that makes it.</param>
/// <param name="Plan">Its files.</param>
/// <param name="Measured">How far its predictions are from the source's.</param>
internal sealed record TypeCandidate(string Name, TypeOption[] Options, Recipe Recipe, DirectoryPlan Plan, ComparisonResult Measured)
{
    /// <summary>How much of the text it was measured on; <see cref="TypeSearch.Whole"/> = all.</summary>
    public required long Tokens { get; init; }

    /// <summary>Bytes of its files.</summary>
    public long Size => TypeAdvice.SizeOf(Plan);
}
