using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A dictionary: keys keep their order, and equal ones are one key, as Python sees it.</summary>
internal sealed class TemplateDictionary
{
    private readonly OrderedDictionary<object, object?> _entries = new(PythonEquality.Instance);

    /// <summary>Entries in order.</summary>
    internal IEnumerable<KeyValuePair<object, object?>> Entries => _entries;

    /// <summary>How many there are.</summary>
    internal int Count => _entries.Count;

    /// <summary>Finds a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the key is there.</returns>
    internal bool TryGet(object? key, out object? value) => _entries.TryGetValue(key ?? PythonEquality.NoneKey, out value);

    /// <summary>Sets a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="TemplateFailureException">The key can change.</exception>
    internal void Set(object? key, object? value) =>
        _entries[key is List<object?> or TemplateDictionary ? throw new TemplateFailureException("a list or dictionary cannot be a key") : key ?? PythonEquality.NoneKey] = value;

    /// <summary>Removes an entry.</summary>
    /// <param name="key">Its key.</param>
    internal void Remove(string key) => _entries.Remove(key);

    /// <summary>A copy that changes on its own.</summary>
    /// <returns>The copy; values are shared.</returns>
    internal TemplateDictionary Copy()
    {
        var copy = new TemplateDictionary();
        foreach ((object key, object? value) in _entries)
        {
            copy.Set(key, value);
        }

        return copy;
    }

    /// <summary>A key as the template sees it.</summary>
    /// <param name="key">A key of <see cref="Entries"/>.</param>
    /// <returns>The value that was used as key.</returns>
    internal static object? KeyOf(object key) => ReferenceEquals(key, PythonEquality.NoneKey) ? null : key;
}
