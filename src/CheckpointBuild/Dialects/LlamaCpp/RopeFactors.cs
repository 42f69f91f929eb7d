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

/// <summary>Tensors that hold what rotary frequencies are divided by, where a scaling does so pair by pair: <c>rope_freqs</c> of Llama 3.1's, <c>rope_factors_long</c> and <c>rope_factors_short</c> of LongRope.</summary>
internal static class RopeFactors
{
    /// <summary>The tensors of a model.</summary>
    /// <param name="config">The model.</param>
    /// <returns>None, one or two.</returns>
    public static IEnumerable<Tensor> Of(ModelConfig config) => config.Rope switch
    {
        { Scaling: RopeScalingKind.LongRope } rope => [Computed(GgufNames.LongRopeFactors, rope.LongFactors, rope), Computed(GgufNames.ShortRopeFactors, rope.ShortFactors, rope)],
        { } rope when rope.FrequencyFactors() is { IsEmpty: false } factors => [Computed(GgufNames.RopeFrequencies, factors, rope)],
        _ => [],
    };

    /// <summary>Whether a tensor is one of these.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when it holds factors.</returns>
    public static bool Are(string name) => name is GgufNames.RopeFrequencies or GgufNames.LongRopeFactors or GgufNames.ShortRopeFactors;

    /// <summary>Puts the factors of a file into its configuration: as Llama 3.1's rule where common parameters of it give precisely these, else outright.</summary>
    /// <param name="config">The configuration from the file's keys.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <returns>The configuration with the factors, or as it was.</returns>
    public static ModelConfig ReadInto(ModelConfig config, TensorTable tensors)
    {
        if (config.Rope is not { } rope)
        {
            return config;
        }

        if (Read(tensors, GgufNames.LongRopeFactors, rope) is { IsEmpty: false } longer && Read(tensors, GgufNames.ShortRopeFactors, rope) is { IsEmpty: false } shorter && rope.OriginalContextLength > 0)
        {
            return config with
            {
                Rope = rope with { Scaling = RopeScalingKind.LongRope, Factor = (double)config.ContextLength / rope.OriginalContextLength, LongFactors = longer, ShortFactors = shorter },
            };
        }

        return Read(tensors, GgufNames.RopeFrequencies, rope) is { IsEmpty: false } factors
            ? config with { Rope = AsLlama3(config, rope, factors) ?? rope with { StatedFactors = factors } }
            : config;
    }

    private static Computed Computed(string name, ImmutableArray<float> factors, RopeConfig rope) => new(name, factors, $"{rope.Scaling} rope scaling");

    private static ImmutableArray<float> Read(TensorTable tensors, string name, RopeConfig rope)
    {
        if (!tensors.TryGet(name, out Tensor? tensor))
        {
            return [];
        }

        if (tensor.DType != DType.F32 || tensor.Shape != new Shape(rope.Dimensions / 2))
        {
            throw Errors.TensorShape("GGUF", tensor.Name, $"{tensor.DType} {tensor.Shape}", $"float32 [{rope.Dimensions / 2}]");
        }

        using var workspace = new Workspace();
        using Band band = tensor.ReadBand(new RowRange(0, 1), workspace);
        return [.. MemoryMarshal.Cast<byte, float>(band.Codes)];
    }

    private static RopeConfig? AsLlama3(ModelConfig config, RopeConfig rope, ImmutableArray<float> factors)
    {
        foreach (int original in new[] { 8192, config.ContextLength })
        {
            RopeConfig candidate = rope with
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
