using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>What was missing and what was left over when a module with low-rank changes took its base's weights, then its adapter's: torchtune's <c>validate_missing_and_unexpected_for_lora</c>.</summary>
public sealed record LoraKeys
{
    /// <summary>The names of the modules that have a low-rank change: <c>q_proj</c>, <c>w1</c>, <c>output</c>.</summary>
    public required ImmutableArray<string> Modules { get; init; }

    /// <summary>Keys of the module that the base's weights lack.</summary>
    public ImmutableArray<string> MissingInBase { get; init; } = [];

    /// <summary>Keys of the base's weights that the module lacks.</summary>
    public ImmutableArray<string> UnexpectedInBase { get; init; } = [];

    /// <summary>Keys of the module that the adapter lacks.</summary>
    public ImmutableArray<string> MissingInAdapter { get; init; } = [];

    /// <summary>Keys of the adapter that the module lacks.</summary>
    public ImmutableArray<string> UnexpectedInAdapter { get; init; } = [];

    /// <summary>Refuses what would leave a weight as it was made up: the base must give all but the changes, the adapter all changes, and neither anything else.</summary>
    /// <exception cref="CheckpointException">CKPT2163 a key that the base lacks, CKPT2164 one that it has too much, CKPT2165 and CKPT2166 the same of the adapter.</exception>
    public void Check()
    {
        if (MissingInBase.FirstOrDefault(key => !IsOfChange(key)) is { } missing)
        {
            throw Errors.TuneBaseLacks(missing);
        }

        if (UnexpectedInBase.Length > 0)
        {
            throw Errors.TuneBaseLeftOver(UnexpectedInBase[0]);
        }

        if (MissingInAdapter.FirstOrDefault(IsOfChange) is { } change)
        {
            throw Errors.TuneAdapterLacks(change);
        }

        if (UnexpectedInAdapter.Length > 0)
        {
            throw Errors.TuneAdapterLeftOver(UnexpectedInAdapter[0]);
        }
    }

    private bool IsOfChange(string key) => Modules.Any(m => key.Contains($"{m}.lora", StringComparison.Ordinal) || key.Contains($"{m}.magnitude", StringComparison.Ordinal));
}
