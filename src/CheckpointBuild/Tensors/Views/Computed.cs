using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A small vector that follows from the configuration, such as rotary factors.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">The numbers.</param>
/// <param name="Reason">What they were computed from, for the derivation.</param>
public sealed record Computed(string Name, ImmutableArray<float> Values, string Reason) : Tensor(Name, DType.F32, new Shape(Values.Length))
{
    /// <inheritdoc/>
    public override string Derivation => $"computed({Reason})";

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace) => MemoryMarshal.AsBytes(Values.AsSpan()).CopyTo(destination.Codes);
}
