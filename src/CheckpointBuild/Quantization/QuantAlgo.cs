using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Quantization;

/// <summary>An algorithm of TensorRT-LLM's <c>QuantAlgo</c>.</summary>
/// <param name="Name">As configurations write it: <c>W8A16</c>.</param>
/// <param name="Alias">What NVIDIA's scripts call it; null = nothing else.</param>
/// <param name="WeightBits">Bits of a weight.</param>
public sealed record QuantAlgo(string Name, string? Alias, int WeightBits)
{
    /// <summary>Int8 weights, one scale a row of the matrix.</summary>
    public static QuantAlgo W8A16 { get; } = new("W8A16", "int8_wo", 8);

    /// <summary>Int4 weights, one scale a row of the matrix.</summary>
    public static QuantAlgo W4A16 { get; } = new("W4A16", "int4_wo", 4);

    /// <summary>Int4 weights in groups, out of a GPTQ or AWQ checkpoint.</summary>
    public static QuantAlgo W4A16Gptq { get; } = new("W4A16_GPTQ", "int4_gptq", 4);

    /// <summary>Int8 weights in groups, out of a GPTQ checkpoint.</summary>
    public static QuantAlgo W8A16Gptq { get; } = new("W8A16_GPTQ", "int8_gptq", 8);

    /// <summary>Int4 weights in groups, scaled by what activations there are.</summary>
    public static QuantAlgo W4A16Awq { get; } = new("W4A16_AWQ", "int4_awq", 4);

    /// <summary>The same with FP8 activations.</summary>
    public static QuantAlgo W4A8Awq { get; } = new("W4A8_AWQ", "w4a8_awq", 4);

    /// <summary>SmoothQuant as ModelOpt exports it.</summary>
    public static QuantAlgo SmoothPerChannel { get; } = new("W8A8_SQ_PER_CHANNEL", "int8_sq", 8);

    /// <summary>SmoothQuant: one scale a matrix, one for activations.</summary>
    public static QuantAlgo SmoothTensor { get; } = new("W8A8_SQ_PER_TENSOR_PLUGIN", null, 8);

    /// <summary>SmoothQuant: one scale a row, activations by token.</summary>
    public static QuantAlgo SmoothChannelToken { get; } = new("W8A8_SQ_PER_CHANNEL_PER_TOKEN_PLUGIN", null, 8);

    /// <summary>SmoothQuant: one scale a row, one for activations.</summary>
    public static QuantAlgo SmoothChannelTensor { get; } = new("W8A8_SQ_PER_CHANNEL_PER_TENSOR_PLUGIN", null, 8);

    /// <summary>SmoothQuant: one scale a matrix, activations by token.</summary>
    public static QuantAlgo SmoothTensorToken { get; } = new("W8A8_SQ_PER_TENSOR_PER_TOKEN_PLUGIN", null, 8);

    /// <summary>FP8 weights and activations, one scale each.</summary>
    public static QuantAlgo Fp8 { get; } = new("FP8", "fp8", 8);

    /// <summary>FP8 weights with one scale a row, activations by token.</summary>
    public static QuantAlgo Fp8Rowwise { get; } = new("FP8_PER_CHANNEL_PER_TOKEN", "fp8_rowwise", 8);

    private static readonly QuantAlgo[] AllArray =
        [W8A16, W4A16, W4A16Gptq, W8A16Gptq, W4A16Awq, W4A8Awq, SmoothPerChannel, SmoothTensor, SmoothChannelToken, SmoothChannelTensor, SmoothTensorToken, Fp8, Fp8Rowwise];

    /// <summary>Every algorithm.</summary>
    public static IReadOnlyList<QuantAlgo> All => AllArray;

    /// <summary>Whether weights become integers as they are, whatever runs through them.</summary>
    public bool IsWeightOnly => this == W8A16 || this == W4A16;

    /// <summary>Whether it is one of the four that the converter itself calibrates.</summary>
    public bool IsSmoothQuant => this == SmoothTensor || this == SmoothChannelToken || this == SmoothChannelTensor || this == SmoothTensorToken;

    /// <summary>Whether weights have one scale a row; otherwise one a matrix.</summary>
    public bool IsPerChannel => this == SmoothChannelToken || this == SmoothChannelTensor;

    /// <summary>Whether activations get their scale when they come, token by token.</summary>
    public bool IsPerToken => this == SmoothChannelToken || this == SmoothTensorToken;

    /// <summary>Whether weights come quantized out of the source.</summary>
    public bool IsGrouped => this == W4A16Gptq || this == W8A16Gptq;

    /// <summary>Whether it is one that ModelOpt's export calibrates and the converter itself does not.</summary>
    public bool IsExported => this == W4A16Awq || this == W4A8Awq || this == SmoothPerChannel;

    /// <summary>The SmoothQuant algorithm of two choices.</summary>
    /// <param name="weights">Whether weights have one scale a row.</param>
    /// <param name="activations">Whether activations have one a token.</param>
    /// <returns>The algorithm.</returns>
    internal static QuantAlgo Smooth(bool weights, bool activations) => weights ? activations ? SmoothChannelToken : SmoothChannelTensor : activations ? SmoothTensorToken : SmoothTensor;

    /// <summary>Finds an algorithm by its name or alias, in any case.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The algorithm, or null.</returns>
    public static QuantAlgo? Find(string name) =>
        Array.Find(AllArray, a => string.Equals(a.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(a.Alias, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds an algorithm.</summary>
    /// <param name="name">Its name or alias.</param>
    /// <returns>The algorithm.</returns>
    /// <exception cref="CheckpointException">CKPT9001 listing the names.</exception>
    public static QuantAlgo Named(string name) => Find(name) ?? throw Errors.UnknownOptionValue("quantization", name, "TensorRT-LLM", AllArray.Select(a => a.Alias is null ? a.Name : $"{a.Name} ({a.Alias})"));
}
