using System;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>What a program does in one of the conditions that the reference's errors are listed by.</summary>
/// <param name="Code">What we refuse it with; null = it is done.</param>
/// <param name="Play">Does it.</param>
internal sealed record TorchtuneScene(string? Code, Action<TorchtuneStage> Play)
{
    /// <summary>Why we differ from the reference; null = we refuse what it refuses, and do what it does.</summary>
    public string? Differs { get; init; }
}
