using System.Collections.Immutable;

namespace CheckpointBuild.Vendors;

/// <summary>A flag of <c>trtllm-build</c>.</summary>
/// <param name="Name">As the tool has it: <c>--max_batch_size</c>.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Default">What holds where it is absent; null = nothing.</param>
public sealed record TrtllmFlag(string Name, TrtllmFlagKind Kind, string? Default)
{
    /// <summary>Other spellings.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>The valid values; empty = any.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>The field of the plug-ins' configuration that it sets; null = none.</summary>
    public string? Plugin { get; init; }
}
