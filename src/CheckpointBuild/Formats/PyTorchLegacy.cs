using System;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>PyTorch's container of the time before 1.6: five pickles, then the bytes of every storage. Only read; nothing writes it any more.</summary>
/// <remarks>
/// <code>
/// magic number | 1001 | machine | object | storage keys | for each key: count, i64 | its bytes
/// </code>
/// </remarks>
internal sealed class PyTorchLegacy : Format
{
    /// <summary>What the first pickle holds: 0x1950a86a20f9469cfc6c, as a number of ten bytes.</summary>
    private static ReadOnlySpan<byte> Magic => [(byte)PickleOpcode.Long1, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    /// <inheritdoc/>
    public override string Name => "pytorch-legacy";

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head, long length) => Begins(head);

    /// <inheritdoc/>
    public override TensorFile Read(ByteSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return PyTorchLegacyReader.Read(source).ToTensorFile();
    }

    /// <summary>Whether a file begins so, whichever protocol its pickles are of.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <returns>True when the magic number stands there.</returns>
    internal static bool Begins(ReadOnlySpan<byte> head)
    {
        const int Framed = 2 + 9;
        return head.Length > Framed + Magic.Length && head[0] == (byte)PickleOpcode.Protocol
            && (head[2..].StartsWith(Magic) || (head[2] == (byte)PickleOpcode.Frame && head[Framed..].StartsWith(Magic)));
    }
}
