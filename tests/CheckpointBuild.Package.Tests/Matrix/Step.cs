using System;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>A column of the matrix: one thing that a developer does, and what must hold afterwards.</summary>
/// <param name="Name">What is done, in a word or two.</param>
/// <param name="Claim">What must hold.</param>
/// <param name="Run">Does it, and throws where something does not hold.</param>
public sealed record Step(string Name, string Claim, Action<Site> Run)
{
    /// <summary>Whether it applies to a row.</summary>
    public Func<Shape, bool> AppliesTo { get; init; } = _ => true;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
