using System.Collections.Immutable;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>A flag of NVIDIA's conversion scripts.</summary>
/// <param name="Name">As the scripts have it: <c>--tp_size</c>.</param>
/// <param name="Meaning">What it is here; for a flag without effect, why it has none.</param>
internal sealed record NvidiaFlag(string Name, string Meaning)
{
    /// <summary>Other spellings that some of the scripts use.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Whether it stands alone, without a value.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>What it says where it stands without a value; null = it needs one.</summary>
    public string? Bare { get; init; }

    /// <summary>The field of the recipe that its value goes to as it is; null = none, or several together.</summary>
    public string? Field { get; init; }

    /// <summary>Whether it asks for something that is not made here, for the reason that is its meaning: it is refused rather than ignored.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Whether it has no effect here, which is said.</summary>
    public bool IsMeaningless { get; init; }
}
