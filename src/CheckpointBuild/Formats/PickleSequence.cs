using System;
using System.Collections;
using System.Collections.Generic;

namespace CheckpointBuild.Formats;

/// <summary>A list, tuple, set or size out of a pickle.</summary>
public sealed class PickleSequence : IReadOnlyList<object?>
{
    private readonly List<object?> _items;

    /// <summary>Makes a sequence.</summary>
    /// <param name="kind">Which of Python's.</param>
    /// <param name="items">What it holds: values as <see cref="PyTorchFile"/> describes them.</param>
    public PickleSequence(PickleSequenceKind kind, params IEnumerable<object?> items)
    {
        Kind = kind;
        _items = [.. items];
    }

    /// <summary>Which of Python's sequences it is.</summary>
    public PickleSequenceKind Kind { get; }

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public object? this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds items at the end, while a program is read.</summary>
    /// <param name="items">The items.</param>
    internal void AddRange(ReadOnlySpan<object?> items) => _items.AddRange(items);
}
