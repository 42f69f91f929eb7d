using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>The methods of dictionaries, lists and tuples that change nothing.</summary>
internal static class ContainerMethods
{
    /// <summary>Finds a method.</summary>
    /// <param name="owner">The container.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The method, or null where there is none.</returns>
    internal static TemplateFunction? Find(object owner, string name) => (owner, name) switch
    {
        (TemplateDictionary d, "items") => new(name, _ => Pairs(d)),
        (TemplateDictionary d, "keys") => new(name, _ => PythonValue.Items(d).ToList()),
        (TemplateDictionary d, "values") => new(name, _ => d.Entries.Select(e => e.Value).ToList()),
        (TemplateDictionary d, "get") => new(name, a => d.TryGet(a.Get(0, "key", null), out object? value) ? value : a.Get(1, "default", null)),
        (TemplateDictionary d, "copy") => new(name, _ => d.Copy()),
        (List<object?> l, "copy") => new(name, _ => l.ToList()),
        (List<object?> or TemplateTuple, "index") => new(name, a => (long)IndexOf(owner, a.Get(0, "value", null))),
        (List<object?> or TemplateTuple, "count") => new(name, a => (long)PythonValue.Items(owner).Count(i => PythonEquality.AreEqual(i, a.Get(0, "value", null)))),
        _ => null,
    };

    /// <summary>The entries of a dictionary as tuples.</summary>
    /// <param name="dictionary">The dictionary.</param>
    /// <returns>Keys and values.</returns>
    internal static List<object?> Pairs(TemplateDictionary dictionary) => [.. dictionary.Entries.Select(e => new TemplateTuple([TemplateDictionary.KeyOf(e.Key), e.Value]))];

    private static int IndexOf(object owner, object? item)
    {
        int index = PythonValue.Items(owner).ToList().FindIndex(i => PythonEquality.AreEqual(i, item));
        return index >= 0 ? index : throw new TemplateFailureException($"{PythonValue.Representation(item)} is not in list");
    }
}
