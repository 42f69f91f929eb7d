namespace CheckpointBuild.Tensors;

/// <summary>Bytes of a file that will be read, and when.</summary>
/// <param name="Turn">Its place in the order of all reads, of all files; not negative.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct ExpectedRead(long Turn, long Offset, long Length);
