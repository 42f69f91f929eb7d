using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace CheckpointBuild.Formats;

/// <summary>Keys and values of a file, in order. A value is a <see cref="string"/>, <see cref="bool"/>, any .NET integer from 8 to 64 bits, <see cref="float"/>, <see cref="double"/>, or an array of one of
/// these: precisely GGUF's types. Safetensors holds strings alone.</summary>
public sealed class Metadata : IReadOnlyCollection<KeyValuePair<string, object>>
{
    private readonly List<KeyValuePair<string, object>> _pairs = [];
    private readonly Dictionary<string, object> _byKey = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Count => _pairs.Count;

    /// <summary>Adds a pair at the end.</summary>
    /// <param name="key">A key that is not there yet.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The same metadata, for the next pair.</returns>
    public Metadata Add(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _byKey.Add(key, value);
        _pairs.Add(new(key, value));
        return this;
    }

    /// <summary>Gives a key a value: in its place where it is there, at the end where it is not.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The same metadata, for the next pair.</returns>
    public Metadata Set(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!_byKey.ContainsKey(key))
        {
            return Add(key, value);
        }

        _byKey[key] = value;
        _pairs[_pairs.FindIndex(p => p.Key == key)] = new(key, value);
        return this;
    }

    /// <summary>Gives a key a value, at the end wherever it was before.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    internal void SetLast(string key, object value)
    {
        if (_byKey.Remove(key))
        {
            _pairs.RemoveAt(_pairs.FindIndex(p => p.Key == key));
        }

        Add(key, value);
    }

    /// <summary>Finds a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the key is there.</returns>
    public bool TryGet(string key, [NotNullWhen(true)] out object? value) => _byKey.TryGetValue(key, out value);

    /// <summary>Finds a value of a type.</summary>
    /// <typeparam name="T">The value's type, exactly.</typeparam>
    /// <param name="key">Its key.</param>
    /// <returns>The value, or the type's default (null for <c>uint?</c>) where the key is absent or its value of another type.</returns>
    public T? Get<T>(string key) =>
        // The pattern alone would take an sbyte[] for a byte[], as the runtime does.
        _byKey.TryGetValue(key, out object? value) && value is T typed && (value is not Array || value.GetType() == typeof(T)) ? typed : default;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _pairs.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
