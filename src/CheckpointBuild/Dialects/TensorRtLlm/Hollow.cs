using System;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Tensors of a shape and a dtype without numbers, for plans that nobody fills.</summary>
/// <param name="dtype">Their dtype.</param>
internal sealed class Hollow(DType dtype)
{
    private static readonly ByteSource Nothing = new EmptySource();

    /// <summary>A tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    /// <returns>A tensor that cannot be read.</returns>
    public Tensor Of(string name, Shape shape) => new Stored(name, dtype, shape, Nothing, 0);

    private sealed class EmptySource : ByteSource
    {
        /// <inheritdoc/>
        public override string Name => "nothing";

        /// <inheritdoc/>
        public override long Length => 0;

        /// <inheritdoc/>
        public override void Read(long offset, Span<byte> destination) => throw new InvalidOperationException("There is nothing to read.");
    }
}
