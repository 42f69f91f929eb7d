using System;
using CheckpointBuild.Package.Tests.Package;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>A situation in which build-integrated tools went wrong, or that teams meet seldom and remember long.</summary>
/// <param name="Name">What happens, in a few words.</param>
/// <param name="Right">How it must end.</param>
/// <param name="Play">Plays it in a clean folder, and throws where it ends otherwise.</param>
public sealed record Situation(string Name, string Right, Action<StrangerFolder> Play)
{
    /// <summary>Whether it belongs to the fast subset.</summary>
    public bool IsFast { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
