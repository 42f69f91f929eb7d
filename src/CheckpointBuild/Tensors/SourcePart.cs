using System;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tensors;

/// <summary>A run of another source's bytes.</summary>
internal sealed class SourcePart : ByteSource
{
    private readonly ByteSource _whole;
    private readonly long _start;

    /// <summary>Takes a run.</summary>
    /// <param name="whole">The source, which stays open.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="CheckpointException">CKPT1003 when there are not that many.</exception>
    public SourcePart(ByteSource whole, long start, long length)
    {
        _whole = whole;
        _start = start;
        Length = start >= 0 && length >= 0 && start <= whole.Length && length <= whole.Length - start ? length : throw Errors.FileEndsEarly(whole.Name, start, length, whole.Length);
    }

    /// <inheritdoc/>
    public override string Name => _whole.Name;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
        {
            throw Errors.FileEndsEarly(Name, offset, destination.Length, Length);
        }

        _whole.Read(_start + offset, destination);
    }

    /// <summary>Two runs of the same bytes are the same, so that tensors read twice are equal.</summary>
    /// <param name="obj">Another source.</param>
    /// <returns>True when it is the same run.</returns>
    public override bool Equals(object? obj) => obj is SourcePart other && ReferenceEquals(_whole, other._whole) && _start == other._start && Length == other.Length;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_start, Length);
}
