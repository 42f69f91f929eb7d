using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Dialects;

/// <summary>Every file that will be written.</summary>
/// <param name="Files">In the order in which they are finished.</param>
/// <param name="Warnings">What the user should know about the product before it is made.</param>
public sealed record DirectoryPlan(ImmutableArray<FilePlan> Files, ImmutableArray<Diagnostic> Warnings)
{
    /// <summary>Whether files with the same tensors are made of the same rows of the source, so that filling them at the same pace reads each row once.</summary>
    public bool SharesRows { get; init; }

    /// <summary>What is noticed only while the tensors are encoded; asked for when that is done.</summary>
    internal Func<IEnumerable<Diagnostic>>? NoticedInTensors { get; init; }
}
