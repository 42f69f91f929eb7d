using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What a value of <c>tokenizer.ggml.pre</c> means: llama.cpp has no other word for how text is split before byte-pair encoding.</summary>
/// <param name="Name">The value.</param>
/// <param name="Steps">The splitting, as Hugging Face's files write it.</param>
/// <param name="IgnoresMerges">Whether the name also says that a whole piece that is a token is taken at once.</param>
internal sealed partial record GgufPreTokenizer(string Name, ImmutableArray<PreTokenizerStep> Steps, bool IgnoresMerges)
{
    private readonly Lazy<string> _behavior = new(() => SplitProbe.Measure(Steps));

    /// <summary>Finds the meaning of a name.</summary>
    /// <param name="name">The value of <c>tokenizer.ggml.pre</c>.</param>
    /// <returns>The meaning, or null where the name is not known.</returns>
    internal static GgufPreTokenizer? Named(string name) => All.FirstOrDefault(p => p.Name == name);

    /// <summary>Finds the name for a tokenizer by what its splitting does: all names are tried on one text full of borders.</summary>
    /// <param name="model">A byte-level tokenizer.</param>
    /// <param name="architecture">The model's architecture; its vendor's own name is preferred among equals.</param>
    /// <returns>The meaning, or null where no name splits like it.</returns>
    internal static GgufPreTokenizer? Choose(TokenizerModel model, string? architecture)
    {
        string behavior = SplitProbe.Measure(model.PreTokenizer);
        GgufPreTokenizer[] equals = [.. All.Where(p => p._behavior.Value == behavior)];
        bool ignoresMerges = model.Algorithm is TokenizerAlgorithm.BytePairs { IgnoresMerges: true };
        string[] own = architecture is not null && VendorNames.TryGetValue(architecture, out string[]? names) ? names : [];
        return equals.FirstOrDefault(p => own.Contains(p.Name, StringComparer.Ordinal))
            ?? equals.FirstOrDefault(p => p.IgnoresMerges == ignoresMerges)
            ?? equals.FirstOrDefault();
    }
}
