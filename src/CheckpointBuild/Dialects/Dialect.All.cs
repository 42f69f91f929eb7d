using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats.Distributed;

namespace CheckpointBuild.Dialects;

/// <content>The list.</content>
public abstract partial class Dialect
{
    // Ranks are safetensors beside a config.json too, and told by their names: they come before Hugging Face's.
    // A folder may hold weights of several ecosystems: Hugging Face's are preferred, as every tool of the field does. torchtune's lie in such a folder, and are known by the names of their tensors.
    private static readonly Dialect[] AllArray = [new TensorRtLlm.TensorRtLlm(), new Torchtune.Torchtune(), new HuggingFace.HuggingFace(), new Meta.Meta(), new LlamaCpp.LlamaCpp()];

    private static ImmutableArray<Dialect> _added = [];

    /// <summary>Every dialect of the product, in the order in which a directory is held against them.</summary>
    public static IReadOnlyList<Dialect> All => AllArray;

    /// <summary>The product's dialects, then those that plug-ins added.</summary>
    public static IEnumerable<Dialect> Known => AllArray.Concat(_added);

    /// <summary>Adds a plug-in's dialect, whose name is free.</summary>
    /// <param name="dialect">The dialect.</param>
    internal static void Add(Dialect dialect) => ImmutableInterlocked.Update(ref _added, (all, more) => all.Add(more), dialect);

    /// <summary>Finds a dialect by its name.</summary>
    /// <param name="name">For instance <c>huggingface</c>, in any case.</param>
    /// <returns>The dialect.</returns>
    /// <exception cref="CheckpointException">CKPT2011 listing the names.</exception>
    public static Dialect Named(string name) =>
        Known.FirstOrDefault(d => string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw Errors.UnknownDialect(name, Known.Select(d => d.Name));

    /// <summary>Finds the dialect of a directory.</summary>
    /// <param name="directory">A directory or file.</param>
    /// <returns>The first dialect of the list that recognizes it.</returns>
    /// <exception cref="CheckpointException">CKPT2008 when none does, CKPT2167 for PyTorch's distributed form without a configuration.</exception>
    public static Dialect Detect(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return Known.FirstOrDefault(d => d.Recognizes(directory)) ?? throw (directory.File is null && DistributedCheckpoint.IsIn(directory.FolderFiles) ? Errors.DistributedCheckpoint(directory.Path) : Errors.NoCheckpoint(directory.Path, Known.Select(d => d.Name)));
    }
}
