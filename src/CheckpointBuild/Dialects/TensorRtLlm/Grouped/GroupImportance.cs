using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>What an error in a column counts: the mean square of the input that the column meets, which was multiplied by the input's scale.</summary>
/// <param name="Scales">The scales of all inputs.</param>
/// <param name="Squares">The mean squares of all inputs.</param>
/// <param name="First">The first column of the rank's share.</param>
/// <param name="Count">Columns of the share.</param>
internal sealed record GroupImportance(AwqScales Scales, ImmutableArray<float> Squares, int First, int Count)
{
    /// <summary>What it follows from.</summary>
    public ImmutableArray<Tensor> Sources => [Scales];

    /// <summary>The numbers of the share.</summary>
    /// <param name="workspace">Keeps the scales.</param>
    /// <returns>One a column.</returns>
    public float[] Of(Workspace workspace)
    {
        System.ReadOnlySpan<float> scales = MemoryMarshal.Cast<byte, float>(workspace.Resident(Scales));
        float[] importance = new float[Count];
        for (int i = 0; i < Count; i++)
        {
            importance[i] = Squares[First + i] * scales[First + i] * scales[First + i];
        }

        return importance;
    }
}
