using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Formats.Distributed;

/// <summary>A level of the object that was saved in pieces: dictionaries where its places have names, lists where they have numbers.</summary>
internal sealed class DistributedTree
{
    private readonly List<(object Key, object? Value)> _entries = [];
    private readonly Dictionary<object, int> _places = [];

    /// <summary>Puts a value at its place.</summary>
    /// <param name="path">Names and numbers from the root, at least one.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when another value stands there, or on the way.</returns>
    public bool Set(ReadOnlySpan<object> path, object? value)
    {
        if (!_places.TryGetValue(path[0], out int place))
        {
            place = _entries.Count;
            _places.Add(path[0], place);
            _entries.Add((path[0], path.Length == 1 ? value : new DistributedTree()));
            return path.Length == 1 || ((DistributedTree)_entries[place].Value!).Set(path[1..], value);
        }

        return path.Length > 1 && _entries[place].Value is DistributedTree below && below.Set(path[1..], value);
    }

    /// <summary>The object.</summary>
    /// <returns>A dictionary, or a list where the places are 0, 1, 2 and on.</returns>
    public object Build()
    {
        (object Key, object? Value)[] built = [.. _entries.Select(e => (e.Key, e.Value is DistributedTree below ? below.Build() : e.Value))];
        (object Key, object? Value)[] numbered = [.. built.Where(e => e.Key is long).OrderBy(e => (long)e.Key)];
        if (numbered.Length == built.Length && numbered.Select((e, i) => (long)e.Key == i).All(fits => fits))
        {
            return new PickleSequence(PickleSequenceKind.List, numbered.Select(e => e.Value));
        }

        var dictionary = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach ((object key, object? value) in built)
        {
            dictionary.Set(key, value);
        }

        return dictionary;
    }
}
