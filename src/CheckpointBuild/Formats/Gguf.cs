using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>GGUF.</summary>
internal sealed class Gguf : Format
{
    /// <inheritdoc/>
    public override string Name => "gguf";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head, long length) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override TensorFile Read(ByteSource source) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override FilePlan Plan(string path, TensorFile file) => throw new NotImplementedException();
}
