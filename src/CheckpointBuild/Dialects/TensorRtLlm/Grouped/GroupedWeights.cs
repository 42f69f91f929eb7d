using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm.Exported;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>Quantized weights that no kernel's order was given yet, read as the floats that they mean.</summary>
internal static class GroupedWeights
{
    private const string Scales = ".weights_scaling_factor", Inputs = ".prequant_scaling_factor", RowScales = ".per_channel_scale";

    private static readonly string[] Beside = [Scales, Inputs, Scales + "_2", ".activation_scaling_factor"];

    /// <summary>Puts floats in the place of codes and scales.</summary>
    /// <param name="tensors">A rank's tensors.</param>
    /// <returns>The same, with a float matrix for each module whose codes are in no kernel's order.</returns>
    public static Dictionary<string, Tensor> Decode(Dictionary<string, Tensor> tensors)
    {
        foreach (string module in tensors.Keys.Where(k => k.EndsWith(Scales, StringComparison.Ordinal)).Select(k => k[..^Scales.Length]).ToArray())
        {
            if (tensors.GetValueOrDefault(module + ".weight") is { } codes && Floats(codes, tensors[module + Scales], tensors.GetValueOrDefault(module + Inputs)) is { } floats)
            {
                tensors[module + ".weight"] = floats;
                foreach (string name in Beside)
                {
                    tensors.Remove(module + name);
                }
            }
        }

        foreach (string module in tensors.Keys.Where(k => k.EndsWith(RowScales, StringComparison.Ordinal)).Select(k => k[..^RowScales.Length]).ToArray())
        {
            if (tensors.GetValueOrDefault(module + ".weight") is { Shape.Rank: 2 } codes && codes.DType == DType.F8E4M3 && tensors[module + RowScales] is var scales && scales.DType == DType.F32 && scales.Shape.ElementCount == codes.Rows)
            {
                tensors[module + ".weight"] = new ScaledFloat8(codes.Name, codes, scales, null, null);
                tensors.Remove(module + RowScales);
            }
        }

        // Bounds of activations say nothing of weights.
        foreach (string name in tensors.Keys.Where(k => k.EndsWith(".clamp_val", StringComparison.Ordinal)).ToArray())
        {
            tensors.Remove(name);
        }

        return tensors;
    }

    private static Tensor? Floats(Tensor codes, Tensor scales, Tensor? inputs) => codes.Shape.Rank != 2 || scales.DType != DType.F32 ? null
        : codes.DType == DType.F8E4M3 && scales.Shape.ElementCount == 1 && inputs is null ? new ScaledFloat8(codes.Name, codes, scales, null, null)
        : codes.DType != DType.I8 || inputs is null || inputs.Shape.ElementCount != codes.Columns ? null
        : IsGrouped(codes.Shape, scales.Shape) ? new GroupedFloats(codes, scales, inputs)
        : scales.Shape.Rank == 1 && scales.Shape.ElementCount == codes.Rows ? new Int8Floats(codes, [scales]) { Factors = inputs }
        : null;

    private static bool IsGrouped(Shape codes, Shape scales) => scales.Rank == 2 && scales.Rows == 2 * codes.Rows && scales.Columns > 0 && codes.Columns % scales.Columns == 0;
}
