using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Formats;

/// <summary>The dtypes that safetensors names, in the order in which the reference ranks them.</summary>
internal static class SafetensorsDTypes
{
    // Rising rank; the writer begins with the last, so that wide numbers come first and everything stays aligned to its own size.
    private static readonly string[] Names =
    [
        "BOOL", "F4", "F6_E2M3", "F6_E3M2", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
        "I16", "U16", "F16", "BF16", "I32", "U32", "F32", "C64", "F64", "I64", "U64",
    ];

    private static readonly FrozenDictionary<string, DType> Supported = Index();

    /// <summary>Finds a dtype.</summary>
    /// <param name="name">What the header calls it, in capitals.</param>
    /// <param name="dtype">The dtype.</param>
    /// <returns>Whether it is supported.</returns>
    internal static bool TryGet(string name, [NotNullWhen(true)] out DType? dtype) => Supported.TryGetValue(name, out dtype);

    /// <summary>The place of a dtype in the reference's order.</summary>
    /// <param name="name">What the header calls it.</param>
    /// <returns>Higher comes first in a file; -1 for a name that is not of the format.</returns>
    internal static int Rank(string name) => Array.IndexOf(Names, name);

    private static FrozenDictionary<string, DType> Index()
    {
        var index = new Dictionary<string, DType>(StringComparer.Ordinal);
        foreach (DType dtype in DType.All)
        {
            if (dtype.SafetensorsName is { } name)
            {
                index.TryAdd(name, dtype);
            }
        }

        return index.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
