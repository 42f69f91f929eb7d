using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Weight-only integers in the order of a GPU's kernels, read as the floats that they mean. Nothing in a checkpoint says which GPU: the report beside one that we wrote does.</summary>
/// <param name="algorithm">The algorithm.</param>
/// <param name="order">The kernels' order.</param>
internal sealed class WeightOnlyWeights(QuantAlgo algorithm, KernelOrder order)
{
    private const string Report = "build-report.json", Scale = ".per_channel_scale";
    private const int Multiple = 64;

    /// <summary>Looks whether a checkpoint's weights can be told.</summary>
    /// <param name="directory">The checkpoint.</param>
    /// <param name="algorithm">What its configuration names; null = nothing.</param>
    /// <param name="config">The model.</param>
    /// <param name="grid">The ranks.</param>
    /// <returns>Null where it is not weight-only, is padded, has experts, or no report says what it was made for.</returns>
    public static WeightOnlyWeights? Of(CheckpointDirectory directory, QuantAlgo? algorithm, ModelConfig config, RankGrid grid)
    {
        int multiple = Multiple * grid.TensorParallel;
        bool isPlain = config.Experts is null && config.HiddenSize % multiple == 0 && config.FeedForwardSize % multiple == 0 && config.HeadCount * config.HeadDimension % multiple == 0
            && config.KeyValueHeadCount * config.HeadDimension % multiple == 0;
        return algorithm is { IsWeightOnly: true } && isPlain && directory.Has(Report) && OrderOf(directory) is { } order ? new WeightOnlyWeights(algorithm, order) : null;
    }

    /// <summary>Puts floats in the place of integers and scales.</summary>
    /// <param name="tensors">A rank's tensors.</param>
    /// <returns>The same, with a float matrix for each module that has packed integers.</returns>
    public Dictionary<string, Tensor> Decode(Dictionary<string, Tensor> tensors)
    {
        foreach (string module in tensors.Keys.Where(k => k.EndsWith(Scale, StringComparison.Ordinal)).Select(k => k[..^Scale.Length]).ToArray())
        {
            Tensor scales = tensors[module + Scale];
            if (tensors.GetValueOrDefault(module + ".weight") is { Shape.Rank: 2 } codes && codes.DType == DType.I8 && scales.Shape.Rank == 1 && codes.Columns * 8L == scales.Columns * (long)algorithm.WeightBits && scales.Columns % order.RowsTogether(algorithm.WeightBits) == 0)
            {
                int together = order.RowsTogether(algorithm.WeightBits), inputs = (int)codes.Rows;
                Tensor packed = Reshaped.Of(codes, new Shape(scales.Columns / together, (long)inputs * together * algorithm.WeightBits / 8));
                tensors[module + ".weight"] = new WeightOnlyFloats(packed, scales, new Shape(scales.Columns, inputs), algorithm.WeightBits, order);
                tensors.Remove(module + Scale);
            }
        }

        return tensors;
    }

    private static KernelOrder? OrderOf(CheckpointDirectory directory)
    {
        JsonObject? recipe = JsonObject.Create(JsonFile.Parse(directory.PathOf(Report), directory.ReadAll(Report)))?["recipe"] as JsonObject;
        string? sm = Text("TargetSm"), version = Text("TensorRtLlmVersion");
        return recipe is null || Text("Engine") != "tensorrt-llm" || (sm is not null && !int.TryParse(sm, out _)) || sm == "0" ? null
            : KernelOrder.Of(sm is null ? 80 : int.Parse(sm, System.Globalization.CultureInfo.InvariantCulture), false, version is null ? TensorRtLlmVersion.Default : TensorRtLlmVersion.Named(version));

        string? Text(string name) => recipe?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
    }
}
