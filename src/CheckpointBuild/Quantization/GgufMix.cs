using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Quantization;

/// <summary>Which dtype llama.cpp's quantizer gives each tensor of a kind of file: <c>llama_tensor_get_type</c>, choice by choice.</summary>
/// <remarks>Tensors are asked for in the file's order, because some choices count how many of a role came before.</remarks>
internal sealed partial class GgufMix
{
    private const int MostEighths = 8;

    private readonly GgufFileType _kind;
    private readonly GgufMixOptions _options;
    private readonly GgufMixModel _model;
    private readonly bool _hasOutput;
    private readonly int _valueCount;
    private int _valuesSeen;
    private int _downsSeen;
    private int _gatesSeen;
    private int _upsSeen;

    /// <summary>Begins a file.</summary>
    /// <param name="kind">The kind of file.</param>
    /// <param name="options">What the user asks beside.</param>
    /// <param name="model">What the choices depend on.</param>
    /// <param name="names">The names of all tensors.</param>
    public GgufMix(GgufFileType kind, GgufMixOptions options, GgufMixModel model, IReadOnlyCollection<string> names)
    {
        _kind = kind;
        _options = options;
        _model = model;
        _hasOutput = names.Contains("output.weight");
        _valueCount = names.Count(IsValue);
    }

    /// <summary>Whether the quantizer leaves a tensor as it is, whatever the kind.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rank">Its dimensions.</param>
    /// <returns>True for vectors, norms, routers, tables of positions and small state tensors.</returns>
    public static bool Keeps(string name, int rank) =>
        rank < 2
        || !name.EndsWith("weight", StringComparison.Ordinal)
        || name.EndsWith("_norm.weight", StringComparison.Ordinal)
        || Array.Exists(KeptParts, part => name.Contains(part, StringComparison.Ordinal));

    private static readonly string[] KeptParts =
    [
        "ffn_gate_inp.weight", "ffn_gate_inp_shexp.weight", "position_embd", "token_types", "ssm_conv1d", "shortconv.conv.weight", "altup", "laurel", "per_layer_model_proj",
        "time_mix_first.weight", "time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight", "time_mix_v0.weight", "time_mix_v1.weight", "time_mix_v2.weight", "time_mix_a0.weight", "time_mix_a1.weight",
        "time_mix_a2.weight", "time_mix_g1.weight", "time_mix_g2.weight", "time_mix_decay_w1.weight", "time_mix_decay_w2.weight", "time_mix_lerp_fused.weight", "attn_rel_b.weight",
    ];

    /// <summary>The dtype of the next tensor, before anything is done for rows that do not fit.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="isStack">Whether it holds the matrices of several experts.</param>
    /// <returns>The dtype.</returns>
    public DType Next(string name, long columns, bool isStack)
    {
        DType mixed = Mixed(name, columns, isStack);
        if (name == "token_embd.weight" && _options.TokenEmbeddingType is { } embedding)
        {
            return embedding;
        }

        if (IsOutput(name) && _options.OutputTensorType is { } output)
        {
            return output;
        }

        return _options.TensorTypes.FirstOrDefault(rule => rule.Matches(name))?.DType ?? (_options.IsPure ? _kind.DType : mixed);
    }

    private DType Mixed(string name, long columns, bool isStack) =>
        _kind.DType.IsFloatingPoint ? _kind.DType
        : IsOutput(name) ? OutputType(columns)
        : _kind.Name == "mxfp4_moe" ? (isStack ? _kind.DType : DType.Q8_0)
        : name is "token_embd.weight" or "per_layer_token_embd.weight" ? EmbeddingType()
        : _kind.Name is "iq2_xxs" or "iq2_xs" or "iq2_s" or "iq2_m" or "iq1_s" or "iq1_m" ? SmallType(name)
        : IsValue(name) ? ValueType()
        : name.Contains("attn_k.weight", StringComparison.Ordinal) ? KeyType()
        : name.Contains("attn_q.weight", StringComparison.Ordinal) ? QueryType()
        : name.Contains("ffn_down", StringComparison.Ordinal) ? DownType(name)
        : name.Contains("attn_output.weight", StringComparison.Ordinal) ? AttentionOutputType()
        : name.Contains("ffn_gate", StringComparison.Ordinal) ? WideType(name, ref _gatesSeen)
        : name.Contains("ffn_up", StringComparison.Ordinal) ? WideType(name, ref _upsSeen)
        : _kind.DType;

    // A tied embedding is the output head as well.
    private bool IsOutput(string name) => name == "output.weight" || (!_hasOutput && name == "token_embd.weight");

    private static bool IsValue(string name) => name.Contains("attn_v.weight", StringComparison.Ordinal) || name.Contains("attn_qkv.weight", StringComparison.Ordinal) || name.Contains("attn_kv_b.weight", StringComparison.Ordinal);

    // Every third layer, and the first and last eighth.
    private static bool UsesMoreBits(int layer, int count) => layer < count / MostEighths || layer >= 7 * count / MostEighths || (layer - (count / MostEighths)) % 3 == 2;

    // Experts come in another order than layers, so that the name tells the layer.
    private int LayerOf(string name, ref int seen)
    {
        int layer = seen++;
        if (_model.ExpertCount <= 1)
        {
            return layer;
        }

        string[] parts = name.Split('.');
        return parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int stated) ? stated : layer;
    }

    private static DType Type(string name) => DType.TryParse(name, out DType? dtype) ? dtype : throw new InvalidOperationException($"{name} is no dtype.");
}
