using System;
using System.Collections.Generic;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Quantization;

/// <summary>A kind of GGUF file, as <c>llama-quantize</c> and <c>convert_hf_to_gguf.py --outtype</c> name it.</summary>
/// <param name="Name">The name in options: <c>q8_0</c>.</param>
/// <param name="Number">What <c>general.file_type</c> holds (<c>llama_ftype</c>).</param>
/// <param name="DType">The dtype of its matrices.</param>
public sealed record GgufFileType(string Name, uint Number, DType DType)
{
    private static readonly GgufFileType[] AllArray =
    [
        new("f32", 0, DType.F32),
        new("f16", 1, DType.F16),
        new("bf16", 32, DType.BF16),
        new("q8_0", 7, DType.Q8_0),
    ];

    /// <summary>Every kind that can be written.</summary>
    public static IReadOnlyList<GgufFileType> All => AllArray;

    /// <summary>Finds a kind by its name, in any case.</summary>
    /// <param name="name">For instance <c>Q8_0</c>.</param>
    /// <returns>The kind, or null.</returns>
    public static GgufFileType? Find(string name) => Array.Find(AllArray, t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The kind whose matrices have a dtype.</summary>
    /// <param name="dtype">A dtype.</param>
    /// <returns>The kind, or null.</returns>
    public static GgufFileType? For(DType dtype) => Array.Find(AllArray, t => t.DType == dtype);
}
