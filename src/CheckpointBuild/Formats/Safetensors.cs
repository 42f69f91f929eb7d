using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>Hugging Face's safetensors.</summary>
internal sealed class Safetensors : Format
{
    /// <inheritdoc/>
    public override string Name => "safetensors";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head, long length) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override TensorFile Read(ByteSource source) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override FilePlan Plan(string path, TensorFile file) => throw new NotImplementedException();
}
