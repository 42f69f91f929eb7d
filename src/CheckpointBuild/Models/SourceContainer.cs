using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models;

/// <summary>A checkpoint as its file holds it: names, order and metadata of its own dialect.</summary>
/// <param name="Tensors">In file order.</param>
/// <param name="Metadata">In file order.</param>
/// <param name="Mirrored">The same tensors by role; a stage that changes them leaves this behind.</param>
public sealed record SourceContainer(TensorTable Tensors, ImmutableArray<KeyValuePair<string, object>> Metadata, RoleTable Mirrored)
{
    /// <summary>Whether a checkpoint still has the tensors that the file has.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <returns>True where no stage has changed them.</returns>
    public bool IsWhole(Checkpoint checkpoint) => ReferenceEquals(checkpoint.Tensors, Mirrored);
}
