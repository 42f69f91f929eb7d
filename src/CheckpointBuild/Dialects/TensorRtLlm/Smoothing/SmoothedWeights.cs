using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm.Exported;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>SmoothQuant's integers, read as the floats that they mean: norms stay as they were smoothed, what no norm takes up is divided out again.</summary>
internal static class SmoothedWeights
{
    private const string Scale = ".per_channel_scale", Outputs = ".act_scale", Smoother = ".smoother";

    // The number by which inputs of a module become integers stands with what comes before it.
    private static readonly (string Module, string Number)[] InputScales =
    [
        (".attention.qkv", ".input_layernorm.scale_to_int"), (".attention.dense", ".attention.quantization_scaling_factor"),
        (".mlp.fc", ".post_layernorm.scale_to_int"), (".mlp.gate", ".post_layernorm.scale_to_int"), (".mlp.proj", ".mlp.quantization_scaling_factor"),
    ];

    /// <summary>Puts floats in the place of integers and scales.</summary>
    /// <param name="tensors">A rank's tensors.</param>
    /// <returns>The same, with a float matrix for each module that has integers in the order of rows and a float32 scale for them.</returns>
    public static Dictionary<string, Tensor> Decode(Dictionary<string, Tensor> tensors)
    {
        string[] modules = [.. tensors.Keys.Where(k => k.EndsWith(Scale, StringComparison.Ordinal)).Select(k => k[..^Scale.Length])];
        foreach (string module in modules)
        {
            if (tensors.GetValueOrDefault(module + ".weight") is { DType: var dtype, Shape.Rank: 2 } codes && dtype == DType.I8
                && tensors[module + Scale] is { Shape.Rank: 2 } scale && scale.DType == DType.F32 && (scale.Shape.ElementCount == 1 || scale.Shape.ElementCount == codes.Rows) && Scales(tensors, module, scale) is { } scales)
            {
                tensors[module + ".weight"] = new Int8Floats(codes, scales) { Divisors = tensors.GetValueOrDefault(module + Smoother) };
            }
        }

        foreach (string module in modules.Where(m => tensors.GetValueOrDefault(m + ".weight") is Int8Floats))
        {
            string number = InputScaleOf(module);
            foreach (string name in new[] { module + Scale, module + Outputs, module + Smoother, number })
            {
                tensors.Remove(name);
            }
        }

        return tensors;
    }

    // With a scale a token the weights' own; otherwise one that leads from sums to integers of outputs.
    private static ImmutableArray<Tensor>? Scales(Dictionary<string, Tensor> tensors, string module, Tensor scale) => tensors.GetValueOrDefault(module + Outputs) is not { } outputs ? [scale]
        : tensors.GetValueOrDefault(InputScaleOf(module)) is { } inputs && IsNumber(inputs) && IsNumber(outputs) ? [scale, outputs, inputs]
        : null;

    private static bool IsNumber(Tensor tensor) => tensor.DType == DType.F32 && tensor.Shape.ElementCount == 1;

    private static string InputScaleOf(string module) => InputScales.Where(s => module.EndsWith(s.Module, StringComparison.Ordinal)).Select(s => module[..^s.Module.Length] + s.Number).FirstOrDefault() ?? "";
}
