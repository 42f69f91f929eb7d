using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The tensor <c>rope_freqs.weight</c>: what each rotary frequency is divided by under Llama 3.1's scaling, which has no keys of its own.</summary>
internal static class RopeFactors
{
    /// <summary>The tensor of a model, where its scaling divides frequencies pair by pair.</summary>
    /// <param name="config">The model.</param>
    /// <returns>One tensor or none.</returns>
    public static IEnumerable<Tensor> Of(ModelConfig config)
    {
        ImmutableArray<float> factors = config.Rope.FrequencyFactors();
        return factors.IsEmpty ? [] : [new Computed(GgufNames.RopeFrequencies, factors, $"{config.Rope.Scaling} rope scaling")];
    }

    /// <summary>Puts the factors of a file into its configuration: as Llama 3.1's rule where common parameters of it give precisely these, else outright.</summary>
    /// <param name="config">The configuration from the file's keys.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <returns>The configuration with the factors, or as it was.</returns>
    public static ModelConfig ReadInto(ModelConfig config, TensorTable tensors)
    {
        if (!tensors.TryGet(GgufNames.RopeFrequencies, out Tensor? tensor))
        {
            return config;
        }

        if (tensor.DType != DType.F32 || tensor.Shape != new Shape(config.Rope.Dimensions / 2))
        {
            throw Errors.TensorShape("GGUF", tensor.Name, $"{tensor.DType} {tensor.Shape}", $"float32 [{config.Rope.Dimensions / 2}]");
        }

        using var workspace = new Workspace();
        using Band band = tensor.ReadBand(new RowRange(0, 1), workspace);
        ImmutableArray<float> factors = [.. MemoryMarshal.Cast<byte, float>(band.Codes)];
        RopeConfig stated = config.Rope with { StatedFactors = factors };
        return config with { Rope = AsLlama3(config, factors) ?? stated };
    }

    private static RopeConfig? AsLlama3(ModelConfig config, ImmutableArray<float> factors)
    {
        foreach (int original in new[] { 8192, config.ContextLength })
        {
            RopeConfig candidate = config.Rope with
            {
                Scaling = RopeScalingKind.Llama3,
                Factor = factors[^1],
                OriginalContextLength = original,
                LowFrequencyFactor = 1,
                HighFrequencyFactor = 4,
            };
            if (candidate.FrequencyFactors().AsSpan().SequenceEqual(factors.AsSpan()))
            {
                return candidate;
            }
        }

        return null;
    }
}
