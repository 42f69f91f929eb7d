using System.Collections.Generic;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Formats;

/// <summary>The tensor types that GGUF numbers (<c>enum ggml_type</c>): names for messages, and the dtypes that stand for them here.</summary>
internal static class GgmlTypes
{
    private static readonly string?[] Names =
    [
        "F32", "F16", "Q4_0", "Q4_1", null, null, "Q5_0", "Q5_1", "Q8_0", "Q8_1",
        "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S",
        "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8", "I16", "I32", "I64", "F64", "IQ1_M",
        "BF16", null, null, null, "TQ1_0", "TQ2_0", null, null, null, "MXFP4",
        "NVFP4", "Q1_0", "Q2_0",
    ];

    private static readonly Dictionary<uint, string> Removed = new()
    {
        [4] = "Q4_2",
        [5] = "Q4_3",
        [31] = "Q4_0_4_4",
        [32] = "Q4_0_4_8",
        [33] = "Q4_0_8_8",
        [36] = "IQ4_NL_4_4",
        [37] = "IQ4_NL_4_8",
        [38] = "IQ4_NL_8_8",
    };

    private static readonly DType?[] Supported = Index();

    /// <summary>How many numbers llama.cpp has given out.</summary>
    internal static int Count => Names.Length;

    /// <summary>The dtype of a type.</summary>
    /// <param name="type">The number in the file.</param>
    /// <returns>The dtype, or null where it is not supported or does not exist.</returns>
    internal static DType? Find(uint type) => type < Supported.Length ? Supported[type] : null;

    /// <summary>ggml's name of a type.</summary>
    /// <param name="type">The number in the file.</param>
    /// <returns>The name, or null where llama.cpp has no such type now.</returns>
    internal static string? NameOf(uint type) => type < Names.Length ? Names[type] : null;

    /// <summary>ggml's name of a type that llama.cpp once had.</summary>
    /// <param name="type">The number in the file.</param>
    /// <returns>The name, or null where the number was never given out or is still in use.</returns>
    internal static string? RemovedNameOf(uint type) => Removed.GetValueOrDefault(type);

    private static DType?[] Index()
    {
        var index = new DType?[Names.Length];
        foreach (DType dtype in DType.All)
        {
            if (dtype.GgmlType is { } type)
            {
                index[type] ??= dtype;
            }
        }

        return index;
    }
}
