using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>What <c>loop</c> stands for.</summary>
/// <param name="items">The items of the loop.</param>
/// <param name="depth">How many loops stand around it, itself included.</param>
internal sealed class TemplateLoop(IReadOnlyList<object?> items, int depth)
{
    private object? _last;
    private bool _hasLast;

    /// <summary>The round, from 0.</summary>
    internal int Index { get; set; }

    /// <summary>Finds an attribute.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value.</returns>
    internal object? Get(string name) => name switch
    {
        "index" => (long)Index + 1,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => (long)items.Count - Index - 1,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => (long)depth,
        "depth0" => (long)depth - 1,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("there is no next item"),
        "cycle" => new TemplateFunction("cycle", a => a.Positional.Length > 0 ? a.Positional[Index % a.Positional.Length] : throw new TemplateFailureException("no items for cycling given")),
        "changed" => new TemplateFunction("changed", a => Changed(new TemplateTuple(a.Positional))),
        _ => new Undefined($"'loop' has no attribute '{name}'"),
    };

    private bool Changed(TemplateTuple values)
    {
        bool changed = !_hasLast || !PythonEquality.AreEqual(_last, values);
        (_last, _hasLast) = (values, true);
        return changed;
    }
}
