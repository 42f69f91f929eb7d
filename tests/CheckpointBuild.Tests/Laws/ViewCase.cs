using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tests.Laws;

/// <summary>A tensor and the bytes that it must give, worked out from what its views mean and without them.</summary>
/// <param name="Name">What the case shows.</param>
/// <param name="Tensor">The tensor.</param>
/// <param name="Expected">All of its rows.</param>
internal sealed record ViewCase(string Name, Tensor Tensor, byte[] Expected);
