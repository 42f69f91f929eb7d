using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>Four-bit weights that no kernel's order was given yet, read as the floats that they mean.</summary>
internal static class GroupedWeights
{
    private const string Scales = ".weights_scaling_factor", Inputs = ".prequant_scaling_factor";

    /// <summary>Puts floats in the place of codes and scales.</summary>
    /// <param name="tensors">A rank's tensors.</param>
    /// <returns>The same, with a float matrix for each module that has codes, scales of groups and scales of inputs.</returns>
    public static Dictionary<string, Tensor> Decode(Dictionary<string, Tensor> tensors)
    {
        foreach (string module in tensors.Keys.Where(k => k.EndsWith(Scales, StringComparison.Ordinal)).Select(k => k[..^Scales.Length]).ToArray())
        {
            if (tensors.TryGetValue(module + ".weight", out Tensor? codes) && tensors.TryGetValue(module + Inputs, out Tensor? inputs) && tensors[module + Scales] is var scales
                && codes.DType == DType.I8 && scales.DType == DType.F32 && IsGrouped(codes.Shape, scales.Shape) && inputs.Shape.ElementCount == codes.Columns)
            {
                tensors[module + ".weight"] = new GroupedFloats(codes, scales, inputs);
                tensors.Remove(module + Scales);
                tensors.Remove(module + Inputs);
            }
        }

        return tensors;
    }

    private static bool IsGrouped(Shape codes, Shape scales) => codes.Rank == 2 && scales.Rank == 2 && scales.Rows == 2 * codes.Rows && scales.Columns > 0 && codes.Columns % scales.Columns == 0;
}
