using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>A run of numbers in a PyTorch file that any number of tensors may look at.</summary>
/// <param name="key">What the file calls it.</param>
/// <param name="dtype">Its numbers; null = untyped: bytes.</param>
/// <param name="count">How many numbers, or bytes, there are.</param>
internal sealed class TorchStorage(string key, DType? dtype, long count)
{
    /// <summary>What the file calls it.</summary>
    public string Key { get; } = key;

    /// <summary>Its numbers; null = untyped: bytes.</summary>
    public DType? DType { get; } = dtype;

    /// <summary>How many numbers, or bytes where it is untyped.</summary>
    public long Count { get; } = count;

    /// <summary>The bytes of one of them.</summary>
    public int ItemBytes => DType?.BlockBytes ?? 1;

    /// <summary>Its bytes: <see cref="Count"/> × <see cref="ItemBytes"/>, which was checked.</summary>
    public long Bytes => Count * ItemBytes;

    /// <summary>Where the bytes are; set when the file was read to there.</summary>
    public ByteSource? Source { get; set; }

    /// <summary>The first byte in <see cref="Source"/>.</summary>
    public long Offset { get; set; }

    /// <summary>Whether the bytes of each number are turned around.</summary>
    public bool IsBigEndian { get; init; }
}
