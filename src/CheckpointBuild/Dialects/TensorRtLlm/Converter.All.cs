using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm.Converters;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <content>The list.</content>
internal abstract partial class Converter
{
    private static readonly Converter[] AllArray =
    [
        new LlamaConverter(), new QwenConverter(), new GemmaConverter(), new Gemma2Converter(), new GptConverter(), new Phi3Converter(), new FalconConverter(),
        new BloomConverter(), new CohereConverter(), new GptJConverter(), new GptNeoXConverter(), new OptConverter(), new PhiConverter(),
    ];

    /// <summary>Every converter.</summary>
    public static IReadOnlyList<Converter> All => AllArray;

    /// <summary>Finds the converter of a family.</summary>
    /// <param name="family">The family.</param>
    /// <returns>The converter.</returns>
    /// <exception cref="CheckpointException">CKPT2012 when there is none.</exception>
    public static Converter Of(ModelFamily family) => Array.Find(AllArray, c => c.Architectures.Contains(family.Architecture))
        ?? throw Errors.CannotRun(family.Architecture, "a TensorRT-LLM checkpoint", $"Its form there is not known; known are {string.Join(", ", AllArray.SelectMany(c => c.Architectures))}. Build another engine.");
}
