using System.Collections.Immutable;

namespace CheckpointBuild.Acquisition;

/// <summary>One repository in the shared cache.</summary>
/// <param name="Name"><c>org/name</c>.</param>
/// <param name="Folder">Its place.</param>
/// <param name="Size">Bytes of all contents.</param>
/// <param name="Revisions">Branches and tags that were fetched, with their commits.</param>
/// <param name="Commits">Commits of which files are there.</param>
public sealed record CachedModel(string Name, string Folder, long Size, ImmutableSortedDictionary<string, string> Revisions, ImmutableArray<string> Commits);
