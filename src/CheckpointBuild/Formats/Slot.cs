using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>The place of one plane of one tensor in a file.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Tensor">Whose rows fill it.</param>
/// <param name="Plane">Which plane: 0 codes, 1 scales, 2 zero points.</param>
public sealed record Slot(long Offset, long Length, Tensor Tensor, int Plane = 0);
