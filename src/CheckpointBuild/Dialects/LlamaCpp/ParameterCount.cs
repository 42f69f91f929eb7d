using System;
using System.Collections.Generic;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>How many numbers a model holds, as llama.cpp's converter counts them for <c>general.size_label</c>: experts by one of them, their biases by all.</summary>
/// <param name="Total">All.</param>
/// <param name="Shared">Those outside the experts.</param>
/// <param name="Expert">Those of one expert in every layer.</param>
/// <param name="ExpertCount">Experts of a layer; 0 where there are none.</param>
internal sealed record ParameterCount(long Total, long Shared, long Expert, long ExpertCount)
{
    private const string StackOfExperts = "_exps.weight";

    /// <summary>The label: <c>135M</c>, of a mixture <c>8x7B</c>.</summary>
    public string Label => ExpertCount > 0 ? $"{ExpertCount}x{ModelName.SizeOf(Shared + Expert)}" : ModelName.SizeOf(Total);

    /// <summary>Counts.</summary>
    /// <param name="tensors">The tensors as the file holds them.</param>
    /// <returns>The counts.</returns>
    public static ParameterCount Of(IEnumerable<Tensor> tensors)
    {
        long total = 0, shared = 0, expert = 0, experts = 0, stacks = 0;
        foreach (Tensor tensor in tensors)
        {
            long size = tensor.Shape.ElementCount;
            total += size;
            if (tensor.Name.EndsWith(StackOfExperts, StringComparison.Ordinal))
            {
                expert += size / tensor.Shape.Dimensions[0];
                experts += tensor.Shape.Dimensions[0];
                stacks++;
            }
            else
            {
                shared += size;
            }
        }

        return new ParameterCount(total, shared, expert, stacks > 0 ? experts / stacks : 0);
    }
}
