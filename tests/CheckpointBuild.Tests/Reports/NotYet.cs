using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tests.Reports;

/// <summary>Report cases whose capability is not built yet, by capability. A case here that gives the right result fails the suite until its line is gone; so does one that gives a wrong result without a word.</summary>
internal static class NotYet
{
    private static readonly (string Capability, string[] Slugs)[] Groups =
    [
        ("reading checkpoints that other tools quantized (AWQ, GPTQ, block FP8, NVFP4)",
        [
            "trtllm/fp8-block-ragged-edges",
            "trtllm/nvfp4-gate-up-scales-differ",
        ]),
        ("ONNX Runtime GenAI engines (build --engine onnx-genai)",
        [
            "trtllm/genai-eos-from-generation-config",
        ]),
    ];

    private static readonly FrozenDictionary<string, string> BySlug = Groups
        .SelectMany(g => g.Slugs.Select(slug => KeyValuePair.Create(slug, g.Capability)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every slug listed.</summary>
    public static IEnumerable<string> Slugs => BySlug.Keys;

    /// <summary>The capability that a case waits for.</summary>
    /// <param name="slug">The case.</param>
    /// <returns>The capability in words, or null where the case must be right today.</returns>
    public static string? CapabilityOf(string slug) => BySlug.GetValueOrDefault(slug);
}
