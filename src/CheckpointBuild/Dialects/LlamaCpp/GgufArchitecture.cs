using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>How llama.cpp keeps the models of one architecture: which keys in which order, and where tensors are named or arranged otherwise than in <see cref="GgufNames"/>.</summary>
/// <param name="name">What <c>general.architecture</c> holds.</param>
internal sealed partial class GgufArchitecture(string name)
{
    private static readonly ConcurrentDictionary<ModelFamily, TensorNaming> Namings = new();

    /// <summary>What <c>general.architecture</c> holds.</summary>
    public string Name { get; } = name;

    /// <summary>The names of its keys in the order in which the reference converter writes them.</summary>
    public ImmutableArray<string> KeyNames { get; init; } = GgufKeys.Standard;

    /// <summary>The names of keys that stand right behind the architecture's own.</summary>
    public ImmutableArray<string> LeadingKeyNames { get; init; } = [];

    /// <summary>Keys that have another value here than elsewhere.</summary>
    public ImmutableArray<GgufKey> OwnKeys { get; init; } = [];

    /// <summary>Whether its kernels turn neighbouring dimensions, so that rows of queries and keys whose halves turn together are interleaved.</summary>
    public bool TurnsNeighbours { get; init; }

    /// <summary>Whether the reference converter leaves out a copy of the tied head that a source holds; of most architectures it writes it.</summary>
    public bool LeavesTiedHead { get; init; }

    /// <summary>Names and arrangements that differ.</summary>
    public ImmutableArray<NameRule> Rules { get; init; } = [];

    /// <summary>Families that the keys or tensors of a file give away, where several are kept as this architecture; the first that holds counts.</summary>
    public ImmutableArray<GgufVariant> Variants { get; init; } = [];

    /// <summary>What the runtime fixes, or the tensors alone tell, put into a configuration that was read from a file's keys.</summary>
    public Func<ModelConfig, TensorTable, ModelConfig> Complete { get; init; } = (config, _) => config;

    /// <summary>The keys that stand right behind the architecture's own.</summary>
    public IEnumerable<GgufKey> LeadingKeys => LeadingKeyNames.Select(Named);

    /// <summary>Its other keys in order.</summary>
    public IEnumerable<GgufKey> Keys => KeyNames.Select(Named);

    /// <summary>Whether its files have a key.</summary>
    /// <param name="key">The key without the architecture.</param>
    /// <returns>True when the reference converter may write it.</returns>
    public bool Has(string key) => KeyNames.Contains(key);

    /// <summary>The architecture of a family.</summary>
    /// <param name="family">A family that llama.cpp has.</param>
    /// <returns>What the list says of it, else what most do.</returns>
    public static GgufArchitecture Of(ModelFamily family) => Array.Find(AllArray, a => a.Name == family.GgufArchitecture) ?? new GgufArchitecture(family.GgufArchitecture!);

    /// <summary>Names and arrangement of a family's tensors.</summary>
    /// <param name="family">A family that llama.cpp has.</param>
    /// <returns>A map that reads both ways.</returns>
    public static TensorNaming NamingOf(ModelFamily family) => Namings.GetOrAdd(family, static f => GgufNames.Of(f, Of(f)));

    private GgufKey Named(string key) => OwnKeys.FirstOrDefault(k => k.Name == key) ?? GgufKeys.Named(key);
}
