using System.Collections.Immutable;

namespace CheckpointBuild.Tests.Golden.Families;

/// <summary>Cases that wait for something that is not built yet.</summary>
internal static class NotYet
{
    /// <summary>Their names: gpt2's weights lie in PyTorch's own containers, which are not read yet.</summary>
    public static ImmutableArray<string> Names { get; } = ["gpt2"];
}
