using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What some values of <c>tokenizer.ggml.pre</c> mean: llama.cpp has no other word for how text is split before byte-pair encoding.</summary>
internal sealed partial class GgufPreTokenizer
{
    private readonly Lazy<string> _behavior;

    private GgufPreTokenizer(ImmutableArray<PreTokenizerStep> steps, bool ignoresMerges, params string[] names)
    {
        Steps = steps;
        IgnoresMerges = ignoresMerges;
        Names = [.. names];
        _behavior = new(() => SplitProbe.Measure(Steps));
    }

    /// <summary>The values; the first is written where no vendor's own is among them.</summary>
    internal ImmutableArray<string> Names { get; }

    /// <summary>The splitting, as Hugging Face's files write it.</summary>
    internal ImmutableArray<PreTokenizerStep> Steps { get; }

    /// <summary>Whether they also say that a whole piece that is a token is taken at once.</summary>
    internal bool IgnoresMerges { get; }

    /// <summary>Finds the meaning of a name.</summary>
    /// <param name="name">The value of <c>tokenizer.ggml.pre</c>.</param>
    /// <returns>The meaning.</returns>
    /// <exception cref="CheckpointException">CKPT2112 where the name is not known.</exception>
    internal static GgufPreTokenizer Named(string name) =>
        AllArray.FirstOrDefault(p => p.Names.Contains(name, StringComparer.Ordinal)) ?? throw Errors.PreTokenizerUnknown(name, AllArray.SelectMany(p => p.Names));

    /// <summary>Whether a tokenizer splits text in this way.</summary>
    /// <param name="model">A byte-level tokenizer.</param>
    /// <returns>True where both split a text full of borders alike.</returns>
    internal bool SplitsLike(TokenizerModel model) => Steps.SequenceEqual(model.PreTokenizer) || _behavior.Value == SplitProbe.Measure(model.PreTokenizer);

    /// <summary>Whether a tokenizer takes whole pieces at once where this name does.</summary>
    /// <param name="model">A byte-level tokenizer.</param>
    /// <returns>True where both do or neither does, or where merges reach every token anyway.</returns>
    internal bool MergesLike(TokenizerModel model) => IgnoresMerges == model.Algorithm is TokenizerAlgorithm.BytePairs { IgnoresMerges: true } || MergeReach.CoversEveryToken(model);

    /// <summary>Finds the name for a tokenizer by what its splitting does: where it is not written like a known one, every meaning is tried on one text full of borders.</summary>
    /// <param name="model">A byte-level tokenizer.</param>
    /// <param name="architecture">The model's architecture; its vendor's own name is preferred among equals.</param>
    /// <returns>The name.</returns>
    /// <exception cref="CheckpointException">CKPT2111 where no name splits like it.</exception>
    internal static string NameOf(TokenizerModel model, string? architecture)
    {
        // What is written alike splits alike; only what is written in a way of its own must be measured.
        List<GgufPreTokenizer> equals = [.. AllArray.Where(p => p.Steps.SequenceEqual(model.PreTokenizer))];
        if (equals.Count == 0)
        {
            string behavior = SplitProbe.Measure(model.PreTokenizer);
            equals = [.. AllArray.Where(p => p._behavior.Value == behavior)];
        }

        // Taking whole pieces at once changes nothing where merges reach every token anyway; that is measured only where the vendor's own name says the other thing.
        bool ignores = model.Algorithm is TokenizerAlgorithm.BytePairs { IgnoresMerges: true };
        bool mayChoose = equals.Exists(p => p.IgnoresMerges == ignores);
        bool Fits(GgufPreTokenizer p) => p.IgnoresMerges == ignores || !mayChoose || MergeReach.CoversEveryToken(model);

        string[] own = architecture is not null && VendorNames.TryGetValue(architecture, out string[]? names) ? names : [];
        return own.FirstOrDefault(n => equals.Exists(p => p.Names.Contains(n, StringComparer.Ordinal) && Fits(p)))
            ?? equals.Find(p => p.IgnoresMerges == ignores)?.Names[0]
            ?? equals.FirstOrDefault()?.Names[0]
            ?? throw Errors.PreTokenizerUnnamed(Describe(model.PreTokenizer), AllArray.SelectMany(p => p.Names));
    }

    private static string Describe(ImmutableArray<PreTokenizerStep> steps) =>
        string.Join(", ", steps.Select(s => s is PreTokenizerStep.Split split ? split.Pattern.Text : s.GetType().Name));
}
