using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Formats;

/// <summary>The tensor types that GGUF numbers (<c>enum ggml_type</c>): the dtypes that stand for them, and names of those that are gone.</summary>
internal static class GgmlTypes
{
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

    private static readonly Dictionary<uint, DType> Live = DType.All.Where(d => d.GgmlType is not null).DistinctBy(d => d.GgmlType).ToDictionary(d => (uint)d.GgmlType!);

    /// <summary>The dtype of a type.</summary>
    /// <param name="type">The number in the file.</param>
    /// <returns>The dtype, or null where llama.cpp has no such type now.</returns>
    internal static DType? Find(uint type) => Live.GetValueOrDefault(type);

    /// <summary>ggml's name of a type that llama.cpp once had.</summary>
    /// <param name="type">The number in the file.</param>
    /// <returns>The name, or null where the number was never given out or is still in use.</returns>
    internal static string? RemovedNameOf(uint type) => Removed.GetValueOrDefault(type);
}
