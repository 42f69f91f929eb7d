using System;
using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Models;

/// <summary>Some of a model's layers: those that see a window, those without rotation, those with experts. The default is none.</summary>
public readonly struct LayerSet : IEquatable<LayerSet>
{
    // Up to the last layer of the set, so that equal sets are equal arrays.
    private readonly ImmutableArray<bool> _members;

    private LayerSet(ImmutableArray<bool> members) => _members = members[..(members.LastIndexOf(true) + 1)];

    /// <summary>No layer.</summary>
    public static LayerSet None => default;

    /// <summary>Whether no layer is in the set.</summary>
    public bool IsEmpty => Members.IsEmpty;

    private ImmutableArray<bool> Members => _members.IsDefault ? [] : _members;

    /// <summary>Every layer of a model.</summary>
    /// <param name="layerCount">How many layers it has.</param>
    /// <returns>The set.</returns>
    public static LayerSet All(int layerCount) => Where(layerCount, _ => true);

    /// <summary>The layers for which something holds.</summary>
    /// <param name="layerCount">How many layers the model has.</param>
    /// <param name="holds">Looks at a layer.</param>
    /// <returns>The set.</returns>
    public static LayerSet Where(int layerCount, Func<int, bool> holds) => new([.. Enumerable.Range(0, layerCount).Select(holds)]);

    /// <summary>Whether a layer is in the set.</summary>
    /// <param name="layer">From 0; <see cref="TensorRole.NoLayer"/> is in no set.</param>
    /// <returns>True when it is.</returns>
    public bool Contains(int layer) => (uint)layer < (uint)Members.Length && Members[layer];

    /// <inheritdoc/>
    public bool Equals(LayerSet other) => Members.SequenceEqual(other.Members);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LayerSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (bool member in Members)
        {
            hash.Add(member);
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether two sets hold the same layers.</summary>
    public static bool operator ==(LayerSet left, LayerSet right) => left.Equals(right);

    /// <summary>Whether two sets differ.</summary>
    public static bool operator !=(LayerSet left, LayerSet right) => !left.Equals(right);

    /// <summary>Writes <c>0, 2, 4</c>.</summary>
    /// <returns>The layers.</returns>
    public override string ToString()
    {
        LayerSet set = this;
        return string.Join(", ", Enumerable.Range(0, Members.Length).Where(set.Contains));
    }
}
