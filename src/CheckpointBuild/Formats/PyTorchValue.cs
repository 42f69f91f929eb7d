namespace CheckpointBuild.Formats;

/// <summary>Something in a PyTorch file that is no tensor: a learning rate, a step count, a text.</summary>
/// <param name="Path">Where it stands: keys and indices from the root, joined by dots.</param>
/// <param name="Type">What Python calls its type: <c>float</c>.</param>
/// <param name="Value">The value: null, a bool, a <see cref="long"/>, a <see cref="System.Numerics.BigInteger"/>, a <see cref="double"/>, a text, bytes, a <see cref="System.Numerics.Complex"/>, a <see cref="PickleName"/>,
/// a <see cref="PickleCall"/>, or an empty or unordered container.</param>
public sealed record PyTorchValue(string Path, string Type, object? Value);
