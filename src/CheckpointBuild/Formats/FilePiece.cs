using System;

namespace CheckpointBuild.Formats;

/// <summary>Fixed bytes of a file that do not stand at its beginning: what a container writes between and behind its tensors.</summary>
/// <param name="Offset">The first byte's place.</param>
/// <param name="Bytes">The bytes.</param>
public sealed record FilePiece(long Offset, ReadOnlyMemory<byte> Bytes);
