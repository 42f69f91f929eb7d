using System.Collections.Immutable;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models.Adapters;

/// <summary>Rows of an embedding that were trained by themselves.</summary>
/// <param name="Module">The embedding.</param>
/// <param name="Indices">The tokens.</param>
/// <param name="Rows">Their rows, [tokens, embedding size].</param>
public sealed record AdapterTokenRows(string Module, ImmutableArray<long> Indices, Tensor Rows);
