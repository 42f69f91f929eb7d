using System.Collections.Immutable;

namespace CheckpointBuild.Formats;

/// <summary>A CRC-32 that can be known only when slots are filled: zip archives hold one of every record.</summary>
/// <param name="Offset">The first byte that is summed: a slot's beginning.</param>
/// <param name="Length">How many bytes are: whole slots.</param>
/// <param name="Places">Where its four bytes, little-endian, are written.</param>
public sealed record FileChecksum(long Offset, long Length, ImmutableArray<long> Places);
