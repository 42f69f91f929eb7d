using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Equality as Python has it: numbers and booleans by value whatever their type, containers by their items.</summary>
internal sealed class PythonEquality : IEqualityComparer<object?>
{
    /// <summary>None as a dictionary's key.</summary>
    internal static readonly object NoneKey = new();

    /// <summary>The comparer.</summary>
    internal static PythonEquality Instance { get; } = new();

    /// <inheritdoc/>
    public new bool Equals(object? x, object? y) => AreEqual(x, y);

    /// <inheritdoc/>
    public int GetHashCode(object? obj) => obj switch
    {
        null => 0,
        bool flag => (flag ? 1.0 : 0.0).GetHashCode(),
        long number => ((double)number).GetHashCode(),
        TemplateTuple tuple => tuple.Items.Length,
        List<object?> list => list.Count,
        TemplateDictionary dictionary => dictionary.Count,
        _ => obj.GetHashCode(),
    };

    /// <summary>Whether two values are equal.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when they are.</returns>
    internal static bool AreEqual(object? left, object? right)
    {
        if (PythonNumber.TryGet(left, out double first) && PythonNumber.TryGet(right, out double second))
        {
            return left is long a && right is long b ? a == b : first.Equals(second);
        }

        return (left, right) switch
        {
            (null, null) => true,
            (string a, string b) => a == b,
            (List<object?> a, List<object?> b) => a.SequenceEqual(b, Instance),
            (TemplateTuple a, TemplateTuple b) => a.Items.SequenceEqual(b.Items, Instance),
            (TemplateDictionary a, TemplateDictionary b) => a.Count == b.Count && a.Entries.All(e => b.TryGet(TemplateDictionary.KeyOf(e.Key), out object? other) && AreEqual(e.Value, other)),
            (Undefined, Undefined) => true,
            _ => ReferenceEquals(left, right),
        };
    }
}
