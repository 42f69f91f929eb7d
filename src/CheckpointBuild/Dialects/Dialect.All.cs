using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Dialects;

/// <content>The list.</content>
public abstract partial class Dialect
{
    // Ranks are safetensors beside a config.json too, and told by their names: they come before Hugging Face's.
    // A folder may hold weights of several ecosystems: Hugging Face's are preferred, as every tool of the field does.
    private static readonly Dialect[] AllArray = [new TensorRtLlm.TensorRtLlm(), new HuggingFace.HuggingFace(), new LlamaCpp.LlamaCpp()];

    /// <summary>Every dialect, in the order in which a directory is held against them.</summary>
    public static IReadOnlyList<Dialect> All => AllArray;

    /// <summary>Finds a dialect by its name.</summary>
    /// <param name="name">For instance <c>huggingface</c>, in any case.</param>
    /// <returns>The dialect.</returns>
    /// <exception cref="CheckpointException">CKPT2011 listing the names.</exception>
    public static Dialect Named(string name) =>
        AllArray.FirstOrDefault(d => string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw Errors.UnknownDialect(name, AllArray.Select(d => d.Name));

    /// <summary>Finds the dialect of a directory.</summary>
    /// <param name="directory">A directory or file.</param>
    /// <returns>The first dialect of the list that recognizes it.</returns>
    /// <exception cref="CheckpointException">CKPT2008 when none does.</exception>
    public static Dialect Detect(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return AllArray.FirstOrDefault(d => d.Recognizes(directory)) ?? throw Errors.NoCheckpoint(directory.Path, AllArray.Select(d => d.Name));
    }
}
