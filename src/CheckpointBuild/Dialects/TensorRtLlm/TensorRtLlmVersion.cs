using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>A release of TensorRT-LLM whose checkpoints are written, and what differs between releases.</summary>
/// <param name="Name">What <c>TensorRtLlmVersion</c> calls it.</param>
/// <param name="Proof">How its differences are known: by the bytes of its own files, or by reading its source.</param>
public sealed record TensorRtLlmVersion(string Name, TensorRtLlmProof Proof)
{
    /// <summary>Whether the first stages take one layer more where the layers do not divide; otherwise the rest would be lost.</summary>
    public bool SpreadsRemainder { get; init; }

    /// <summary>Whether Llama's configuration holds the multipliers of Granite.</summary>
    public bool HasMultipliers { get; init; }

    /// <summary>Whether Qwen's third generation is known.</summary>
    public bool HasQwen3 { get; init; }

    /// <summary>Whether the mapping names clusters of experts and the ranks of attention.</summary>
    public bool HasAttentionMapping { get; init; }

    /// <summary>Whether a configuration's <c>dtype</c> is looked at beside <c>torch_dtype</c>, as newer releases of transformers write it.</summary>
    public bool ReadsDTypeKey { get; init; }

    /// <summary>Whether weight-only matrices for compute capability 9.0 are transposed alone, without the order that its kernels of other releases want.</summary>
    public bool TransposesAloneOnHopper { get; init; }

    private static readonly TensorRtLlmVersion[] AllArray =
    [
        new("0.16", TensorRtLlmProof.Bytes),
        new("0.17", TensorRtLlmProof.Bytes) { TransposesAloneOnHopper = true },
        new("1.0", TensorRtLlmProof.Source) { SpreadsRemainder = true, HasMultipliers = true, HasQwen3 = true, HasAttentionMapping = true, ReadsDTypeKey = true },
    ];

    /// <summary>Every release whose form is known; a later one of the same major number writes as the last here.</summary>
    public static IReadOnlyList<TensorRtLlmVersion> All => AllArray;

    /// <summary>The release that is written where none is asked for.</summary>
    public static TensorRtLlmVersion Default => AllArray[0];

    /// <summary>Finds the form of a release.</summary>
    /// <param name="name">For instance <c>0.16.0</c>, <c>1.2</c>.</param>
    /// <returns>The form.</returns>
    /// <exception cref="CheckpointException">CKPT9001 for a release whose form is not known.</exception>
    public static TensorRtLlmVersion Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Version.TryParse(name, out Version? version) && Find(version) is { } found ? found
            : throw Errors.UnknownOptionValue("tensor-rt-llm-version", name, "TensorRT-LLM", AllArray.Select(v => v.Name));
    }

    // 0.16 and 0.17 by their own numbers; of 1.x all but the releases after the engine's removal.
    private static TensorRtLlmVersion? Find(Version version) => version switch
    {
        { Major: 0 } => Array.Find(AllArray, v => v.Name == $"0.{version.Minor}"),
        { Major: 1, Minor: <= 3 } => AllArray[^1],
        _ => null,
    };
}
