using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Attributes and elements of values. Nothing of the platform is within reach: what is not listed here does not exist.</summary>
internal static class TemplateAttributes
{
    // What the sandbox forbids, since it changes the value.
    private static readonly string[] Changing = ["append", "insert", "extend", "pop", "popitem", "remove", "sort", "reverse", "clear", "setdefault", "update", "add", "discard"];

    /// <summary>Finds <c>owner.name</c>: a method or attribute first, then a key.</summary>
    /// <param name="owner">The value.</param>
    /// <param name="name">The name.</param>
    /// <param name="budget">What methods may use.</param>
    /// <returns>What it stands for; undefined where there is none.</returns>
    internal static object? Get(object? owner, string name, TemplateBudget budget)
    {
        owner = TemplateMarkup.Plain(owner);
        if (owner is TemplateNamespace space && space.Values.TryGetValue(name, out object? attribute))
        {
            return attribute;
        }

        return Own(owner, name, budget) ?? (owner is TemplateDictionary dictionary && dictionary.TryGet(name, out object? value) ? value : Missing(owner, name));
    }

    /// <summary>Finds <c>owner[key]</c>: an element or key first, then an attribute.</summary>
    /// <param name="owner">The value.</param>
    /// <param name="key">The key.</param>
    /// <param name="budget">What methods may use.</param>
    /// <returns>What it stands for; undefined where there is none.</returns>
    internal static object? GetElement(object? owner, object? key, TemplateBudget budget)
    {
        owner = TemplateMarkup.Plain(owner);
        switch (owner)
        {
            case TemplateDictionary dictionary when key is not (List<object?> or TemplateDictionary) && dictionary.TryGet(key, out object? value):
                return value;
            case List<object?> list when PythonNumber.TryGetInteger(key, out long index):
                return At(list, index) ?? (IsInside(list.Count, index) ? null : Missing(owner, PythonValue.Text(key)));
            case TemplateTuple tuple when PythonNumber.TryGetInteger(key, out long index):
                return At(tuple.Items, index) ?? (IsInside(tuple.Items.Length, index) ? null : Missing(owner, PythonValue.Text(key)));
            case string text when PythonNumber.TryGetInteger(key, out long index):
                List<object?> characters = [.. PythonText.Characters(text)];
                return At(characters, index) ?? Missing(owner, PythonValue.Text(key));
            case Undefined undefined:
                throw undefined.Failure();
        }

        return key is string name ? Own(owner, name, budget) ?? Missing(owner, name) : Missing(owner, PythonValue.Text(key));
    }

    /// <summary>Takes a part: <c>owner[start:stop:step]</c>.</summary>
    /// <param name="owner">A list, tuple or string.</param>
    /// <param name="start">The start, or null.</param>
    /// <param name="stop">The end, or null.</param>
    /// <param name="step">The step, or null.</param>
    /// <returns>The part.</returns>
    internal static object? Slice(object? owner, object? start, object? stop, object? step)
    {
        owner = TemplateMarkup.Plain(owner);
        List<object?> items = owner is List<object?> or TemplateTuple or string ? [.. PythonValue.Items(owner)] : throw new TemplateFailureException($"'{PythonValue.TypeName(owner)}' object has no slices");
        long width = step is null ? 1 : PythonNumber.TryGetInteger(step, out long number) && number != 0 ? number : throw new TemplateFailureException("a slice step must be an integer and not zero");
        long first = Bound(start, items.Count, width > 0 ? 0 : items.Count - 1, width);
        long last = Bound(stop, items.Count, width > 0 ? items.Count : -1, width);
        var part = new List<object?>();
        for (long i = first; width > 0 ? i < last : i > last; i += width)
        {
            part.Add(items[(int)i]);
        }

        return owner switch
        {
            string => string.Concat(part),
            TemplateTuple => new TemplateTuple([.. part]),
            _ => part,
        };
    }

    private static object? Own(object? owner, string name, TemplateBudget budget)
    {
        if (owner is Undefined undefined)
        {
            throw undefined.Failure();
        }

        if (name.StartsWith('_') || (owner is List<object?> or TemplateDictionary && Array.IndexOf(Changing, name) >= 0))
        {
            return new Undefined($"access to attribute '{name}' of '{PythonValue.TypeName(owner)}' object is unsafe");
        }

        return owner switch
        {
            string text => StringMethods.Find(text, name, budget),
            TemplateDictionary dictionary => ContainerMethods.Find(dictionary, name),
            List<object?> or TemplateTuple => ContainerMethods.Find(owner, name),
            TemplateLoop loop => loop.Get(name),
            _ => null,
        };
    }

    private static Undefined Missing(object? owner, string name) => new($"'{PythonValue.TypeName(owner)} object' has no attribute '{name}'");

    private static bool IsInside(int count, long index) => index >= -count && index < count;

    private static object? At(IReadOnlyList<object?> items, long index) => IsInside(items.Count, index) ? items[(int)(index < 0 ? index + items.Count : index)] : null;

    private static long Bound(object? value, int count, long otherwise, long step)
    {
        if (value is null)
        {
            return otherwise;
        }

        long bound = PythonNumber.TryGetInteger(value, out long number) ? number : throw new TemplateFailureException("slice indices must be integers");
        bound += bound < 0 ? count : 0;
        return step > 0 ? Math.Clamp(bound, 0, count) : Math.Clamp(bound, -1, count - 1);
    }
}
