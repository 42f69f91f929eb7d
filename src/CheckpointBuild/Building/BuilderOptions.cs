using System;

namespace CheckpointBuild.Building;

/// <summary>How a plan is carried out; nothing here changes a byte of the output.</summary>
public sealed record BuilderOptions
{
    /// <summary>Threads that fill bands.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes moved at once by one thread.</summary>
    public int BandBytes { get; init; } = DefaultBandBytes;

    /// <summary>Whether files are on the disk when the build returns.</summary>
    public Durability Durability { get; init; } = Durability.Flushed;

    /// <summary>Whether SHA-256 of each output is computed while it is written.</summary>
    public OutputHashing Hashing { get; init; } = OutputHashing.Sha256;

    /// <summary>Called now and then, from any thread, with bytes done and bytes in all.</summary>
    public Action<long, long>? Progress { get; init; }

#if DEBUG
    // Small, so that every test crosses a band's edge.
    private const int DefaultBandBytes = 16 << 10;
#else
    // A band is read, converted, written and hashed while it lies in the second-level cache; larger ones go to memory four times (measured in the benchmarks).
    private const int DefaultBandBytes = 256 << 10;
#endif
}
