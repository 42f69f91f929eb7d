using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Dialects;

/// <summary>Every file that will be written.</summary>
/// <param name="Files">In the order in which they are finished.</param>
/// <param name="Warnings">What the user should know about the product before it is made.</param>
public sealed record DirectoryPlan(ImmutableArray<FilePlan> Files, ImmutableArray<Diagnostic> Warnings);
