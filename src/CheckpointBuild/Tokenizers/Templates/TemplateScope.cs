using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>The variables of a template, a loop's round or a macro. What is set inside is not seen outside.</summary>
/// <param name="outer">The variables around it.</param>
internal sealed class TemplateScope(TemplateScope? outer)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>Finds a variable, here or further out.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value; undefined where there is none.</returns>
    internal object? Get(string name)
    {
        for (TemplateScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values.TryGetValue(name, out object? value))
            {
                return value;
            }
        }

        return Undefined.Variable(name);
    }

    /// <summary>Sets a variable here.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value.</param>
    internal void Set(string name, object? value) => _values[name] = value;

    private TemplateScope? Outer { get; } = outer;
}
