using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models;

/// <summary>A model's tensors by role, in the order in which Hugging Face's files would list them: shard by shard, by name within a shard.</summary>
public sealed class RoleTable : IReadOnlyCollection<KeyValuePair<TensorRole, Tensor>>
{
    private readonly KeyValuePair<TensorRole, Tensor>[] _entries;
    private readonly Dictionary<TensorRole, Tensor> _byRole;

    /// <summary>Makes a table.</summary>
    /// <param name="entries">In order; a role stands there once.</param>
    public RoleTable(IEnumerable<KeyValuePair<TensorRole, Tensor>> entries)
    {
        _entries = [.. entries];
        _byRole = new Dictionary<TensorRole, Tensor>(_entries);
    }

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <summary>The tensor of a role that must be there.</summary>
    /// <param name="role">The role.</param>
    /// <returns>The tensor.</returns>
    public Tensor this[TensorRole role] => _byRole.TryGetValue(role, out Tensor? tensor) ? tensor : throw new KeyNotFoundException($"The model has no {role}.");

    /// <summary>Finds a tensor.</summary>
    /// <param name="role">The role.</param>
    /// <param name="tensor">The tensor.</param>
    /// <returns>Whether the model has one.</returns>
    public bool TryGet(TensorRole role, [NotNullWhen(true)] out Tensor? tensor) => _byRole.TryGetValue(role, out tensor);

    /// <summary>The tensor of a role, or null where the model has none.</summary>
    /// <param name="role">The role.</param>
    /// <returns>The tensor, or null.</returns>
    public Tensor? Find(TensorRole role) => _byRole.GetValueOrDefault(role);

    /// <summary>Another table of the same roles in the same order, each tensor passed through a function.</summary>
    /// <param name="change">Gives the new tensor for a role and its old one.</param>
    /// <returns>The new table.</returns>
    public RoleTable Select(Func<TensorRole, Tensor, Tensor> change) =>
        new(_entries.Select(e => KeyValuePair.Create(e.Key, change(e.Key, e.Value))));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<TensorRole, Tensor>> GetEnumerator() => ((IEnumerable<KeyValuePair<TensorRole, Tensor>>)_entries).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();
}
