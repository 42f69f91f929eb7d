using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Models.Adapters;

/// <summary>A small change of a base checkpoint, trained and kept apart from it. It describes: whoever opened its files keeps them open.</summary>
public sealed record Adapter
{
    /// <summary>What it is called: its folder's or file's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it lies, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>The low-rank changes, in the order of the file.</summary>
    public required ImmutableArray<LowRankPair> Pairs { get; init; }

    /// <summary>Tensors that were trained as a whole, in the order of the file.</summary>
    public ImmutableArray<AdapterReplacement> Replacements { get; init; } = [];

    /// <summary>Embedding rows that were trained by themselves.</summary>
    public ImmutableArray<AdapterTokenRows> TokenRows { get; init; } = [];

    /// <summary>The names that its ecosystem has for a family's tensors: the family's own first, then other ways to cut the same matrices.</summary>
    public required Func<ModelFamily, IReadOnlyList<TensorNaming>> Namings { get; init; }

    /// <summary>Where its ecosystem rounds when it merges.</summary>
    public LoraRounding Rounding { get; init; }

    /// <summary>Whether its configuration asks for a change of a module; null = the file alone says so.</summary>
    public Func<string, RoleKind, bool>? Targets { get; init; }

    /// <summary>Whether its configuration says that a module was trained as a whole, so that the file has its tensors; null = it says so of none.</summary>
    internal Func<string, bool>? Wholes { get; init; }

    /// <summary>What its configuration says the base is called; null = nothing.</summary>
    public string? BaseName { get; init; }

    /// <summary>The adapter's configuration in PEFT's fields.</summary>
    public required JsonObject Settings { get; init; }

    /// <summary>Its files in PEFT's own form, to be carried along as they are; empty where it came in another form.</summary>
    public ImmutableArray<Sidecar> PeftFiles { get; init; } = [];

    /// <summary>Its model card, or null.</summary>
    public Sidecar? Card { get; init; }

    /// <summary>What was noticed on reading and did not stop it.</summary>
    public ImmutableArray<Diagnostic> Problems { get; init; } = [];
}
