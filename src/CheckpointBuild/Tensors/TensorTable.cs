using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace CheckpointBuild.Tensors;

/// <summary>An ordered list of tensors with unique names.</summary>
public sealed class TensorTable : IReadOnlyList<Tensor>
{
    private readonly Tensor[] _tensors;
    private readonly Dictionary<string, Tensor> _byName;

    /// <summary>Makes a table.</summary>
    /// <param name="tensors">In order; names are unique.</param>
    /// <exception cref="ArgumentException">A name stands there twice.</exception>
    public TensorTable(IEnumerable<Tensor> tensors)
    {
        _tensors = [.. tensors];
        _byName = new Dictionary<string, Tensor>(_tensors.Length, StringComparer.Ordinal);
        foreach (Tensor tensor in _tensors)
        {
            _byName.Add(tensor.Name, tensor);
        }
    }

    /// <summary>A table of nothing.</summary>
    public static TensorTable Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _tensors.Length;

    /// <inheritdoc/>
    public Tensor this[int index] => _tensors[index];

    /// <summary>Finds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out Tensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <inheritdoc/>
    public IEnumerator<Tensor> GetEnumerator() => ((IEnumerable<Tensor>)_tensors).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => _tensors.GetEnumerator();
}
