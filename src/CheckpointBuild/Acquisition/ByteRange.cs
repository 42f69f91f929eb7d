namespace CheckpointBuild.Acquisition;

/// <summary>A run of bytes of a file.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="End">The byte behind the last.</param>
internal readonly record struct ByteRange(long Start, long End)
{
    /// <summary>Bytes.</summary>
    public long Length => End - Start;
}
