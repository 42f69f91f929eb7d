using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Quantization;

/// <summary>A kind of GGUF file, as <c>llama-quantize</c> and <c>convert_hf_to_gguf.py --outtype</c> name it.</summary>
/// <param name="Name">The name in options: <c>q4_k_m</c>.</param>
/// <param name="Number">What <c>general.file_type</c> holds (<c>llama_ftype</c>).</param>
/// <param name="DType">The dtype of its matrices, or of most of them.</param>
public sealed record GgufFileType(string Name, uint Number, DType DType)
{
    private static readonly GgufFileType[] AllArray = [.. Listed().OfType<GgufFileType>()];

    // What the tool takes for a kind, beside its name.
    private static readonly (string Alias, string Name)[] Aliases = [("q3_k", "q3_k_m"), ("q4_k", "q4_k_m"), ("q5_k", "q5_k_m"), ("mxfp4", "mxfp4_moe")];

    /// <summary>Every tensor as the file before it has it, in the quantizer's order: what <c>llama-quantize</c> calls COPY. From a checkpoint the file before is one of floats.</summary>
    public static GgufFileType Copy { get; } = new("copy", 0, DType.F16);

    /// <summary>Every kind that can be written, but a copy.</summary>
    public static IReadOnlyList<GgufFileType> All => AllArray;

    /// <summary>Whether a quantizer, which gives tensors different types and puts them in its own order, makes the file; the others come straight from the converter.</summary>
    public bool IsQuantizer => (!DType.IsFloatingPoint && DType != DType.Q8_0) || this == Copy;

    /// <summary>Finds a kind by its name, in any case, or by its number, as the tool takes both.</summary>
    /// <param name="name">For instance <c>Q8_0</c>, or 7.</param>
    /// <returns>The kind, or null.</returns>
    public static GgufFileType? Find(string name)
    {
        string wanted = Aliases.FirstOrDefault(a => string.Equals(a.Alias, name, StringComparison.OrdinalIgnoreCase)).Name ?? name;
        return string.Equals(Copy.Name, name, StringComparison.OrdinalIgnoreCase) ? Copy
            : uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? Array.Find(AllArray, t => t.Number == number)
            : Array.Find(AllArray, t => string.Equals(t.Name, wanted, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The kind whose matrices have a dtype.</summary>
    /// <param name="dtype">A dtype.</param>
    /// <returns>The kind, or null.</returns>
    public static GgufFileType? For(DType dtype) => Array.Find(AllArray, t => t.DType == dtype);

    private static GgufFileType?[] Listed() =>
    [
        Of("f32", 0, "F32"), Of("f16", 1, "F16"), Of("bf16", 32, "BF16"),
        Of("q8_0", 7, "Q8_0"), Of("q4_0", 2, "Q4_0"), Of("q4_1", 3, "Q4_1"), Of("q5_0", 8, "Q5_0"), Of("q5_1", 9, "Q5_1"),
        Of("q2_k", 10, "Q2_K"), Of("q2_k_s", 21, "Q2_K"), Of("q3_k_s", 11, "Q3_K"), Of("q3_k_m", 12, "Q3_K"), Of("q3_k_l", 13, "Q3_K"),
        Of("q4_k_s", 14, "Q4_K"), Of("q4_k_m", 15, "Q4_K"), Of("q5_k_s", 16, "Q5_K"), Of("q5_k_m", 17, "Q5_K"), Of("q6_k", 18, "Q6_K"),
        Of("iq1_s", 24, "IQ1_S"), Of("iq1_m", 31, "IQ1_M"), Of("iq2_xxs", 19, "IQ2_XXS"), Of("iq2_xs", 20, "IQ2_XS"), Of("iq2_s", 28, "IQ2_XS"), Of("iq2_m", 29, "IQ2_S"),
        Of("iq3_xxs", 23, "IQ3_XXS"), Of("iq3_xs", 22, "IQ3_S"), Of("iq3_s", 26, "IQ3_S"), Of("iq3_m", 27, "IQ3_S"), Of("iq4_nl", 25, "IQ4_NL"), Of("iq4_xs", 30, "IQ4_XS"),
        Of("tq1_0", 36, "TQ1_0"), Of("tq2_0", 37, "TQ2_0"), Of("mxfp4_moe", 38, "MXFP4"), Of("q1_0", 40, "Q1_0"), Of("q2_0", 41, "Q2_0"),
    ];

    // A kind whose dtype is not there is not offered.
    private static GgufFileType? Of(string name, uint number, string dtype) => DType.TryParse(dtype, out DType? found) ? new GgufFileType(name, number, found) : null;
}
