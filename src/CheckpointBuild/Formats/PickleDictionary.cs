using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Numerics;
using CheckpointBuild.Formats.Wire;

namespace CheckpointBuild.Formats;

/// <summary>A dictionary out of a pickle, in order. Keys are texts, numbers, bools, None (null) or tuples of these; as in Python, True, 1 and 1.0 are one key.</summary>
/// <param name="kind">Which of Python's.</param>
public sealed class PickleDictionary(PickleDictionaryKind kind) : IReadOnlyCollection<KeyValuePair<object?, object?>>
{
    private const int DeepestKey = 4;
    private readonly List<KeyValuePair<object?, object?>> _pairs = [];
    private readonly Dictionary<object, int> _places = [];

    /// <summary>Which of Python's dictionaries it is.</summary>
    public PickleDictionaryKind Kind { get; } = kind;

    /// <inheritdoc/>
    public int Count => _pairs.Count;

    /// <summary>Adds a pair at the end, or gives a key that is there another value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">A value as <see cref="PyTorchFile"/> describes them.</param>
    /// <returns>The same dictionary, for the next pair.</returns>
    /// <exception cref="ArgumentException">The key is of no type that a key may have.</exception>
    public PickleDictionary Set(object? key, object? value)
    {
        object canonical = Canonical(key) ?? throw new ArgumentException("A key is a text, a number, a bool, null or a tuple of these.", nameof(key));
        if (_places.TryGetValue(canonical, out int place))
        {
            _pairs[place] = new(_pairs[place].Key, value);
        }
        else
        {
            _places.Add(canonical, _pairs.Count);
            _pairs.Add(new(key, value));
        }

        return this;
    }

    /// <summary>Finds a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value; null also where None is stored.</param>
    /// <returns>Whether the key is there.</returns>
    public bool TryGet(object? key, out object? value)
    {
        bool found = Canonical(key) is { } canonical && _places.TryGetValue(canonical, out int place) && place >= 0;
        value = found ? _pairs[_places[Canonical(key)!]].Value : null;
        return found;
    }

    /// <summary>Finds a value of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the key is there with such a value.</returns>
    public bool TryGet<T>(object? key, [NotNullWhen(true)] out T? value)
    {
        value = TryGet(key, out object? found) && found is T typed ? typed : default;
        return value is not null;
    }

    /// <summary>Takes a key away.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(object? key)
    {
        if (Canonical(key) is not { } canonical || !_places.Remove(canonical, out int place))
        {
            return false;
        }

        _pairs.RemoveAt(place);
        foreach (object other in _places.Keys.Where(k => _places[k] > place).ToArray())
        {
            _places[other]--;
        }

        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object?, object?>> GetEnumerator() => _pairs.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds a pair while a program is read.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>True when added, false when the key is there already, null when it is of no type that a key may have.</returns>
    internal bool? TryAdd(object? key, object? value)
    {
        if (Canonical(key) is not { } canonical)
        {
            return null;
        }

        if (!_places.TryAdd(canonical, _pairs.Count))
        {
            return false;
        }

        _pairs.Add(new(key, value));
        return true;
    }

    // Numbers that Python holds equal become one; texts get a mark of their own where tuples are spelled out.
    private static object? Canonical(object? key, int depth = 0) => key switch
    {
        null => DBNull.Value,
        string text => text,
        bool flag => flag ? 1L : 0L,
        int number => (long)number,
        long or BigInteger => key,
        double number when number == Math.Floor(number) && Math.Abs(number) < 1L << 62 => (long)number,
        double => key,
        PickleName name => name,
        PickleInstance instance => instance,
        PickleSequence { Kind: PickleSequenceKind.Tuple } tuple when depth < DeepestKey => Spelled(tuple, depth),
        _ => null,
    };

    private static (string Tuple, int Count)? Spelled(PickleSequence tuple, int depth)
    {
        var parts = new List<string>(tuple.Count);
        foreach (object? item in tuple)
        {
            if (Canonical(item, depth + 1) is not { } part)
            {
                return null;
            }

            string text = Convert.ToString(part, CultureInfo.InvariantCulture)!;
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{part.GetType().Name}:{text.Length}:{text}"));
        }

        return (string.Join(',', parts), tuple.Count);
    }
}
