using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>The tests of <c>is</c>.</summary>
internal static class TemplateTests
{
    private static readonly Dictionary<string, Func<object?, TemplateArguments, bool>> Tests = new(StringComparer.Ordinal)
    {
        ["defined"] = (v, _) => v is not Undefined,
        ["undefined"] = (v, _) => v is Undefined,
        ["none"] = (v, _) => v is null,
        ["string"] = (v, _) => v is string,
        ["number"] = (v, _) => v is long or double or bool,
        ["integer"] = (v, _) => v is long,
        ["float"] = (v, _) => v is double,
        ["boolean"] = (v, _) => v is bool,
        ["true"] = (v, _) => v is true,
        ["false"] = (v, _) => v is false,
        ["mapping"] = (v, _) => v is TemplateDictionary,
        ["sequence"] = (v, _) => v is string or List<object?> or TemplateTuple or TemplateDictionary or Undefined,
        ["iterable"] = (v, _) => PythonValue.IsIterable(v),
        ["callable"] = (v, _) => v is TemplateFunction,
        ["odd"] = (v, _) => Integer(v) % 2 != 0,
        ["even"] = (v, _) => Integer(v) % 2 == 0,
        ["divisibleby"] = (v, a) => Integer(a.Get(0, "num", null)) is not 0 and long number ? Integer(v) % number == 0 : throw new TemplateFailureException("division by zero"),
        ["eq"] = (v, a) => PythonEquality.AreEqual(v, a.Get(0, "b", null)),
        ["ne"] = (v, a) => !PythonEquality.AreEqual(v, a.Get(0, "b", null)),
        ["lt"] = (v, a) => PythonValue.Compare(v, a.Get(0, "b", null)) < 0,
        ["le"] = (v, a) => PythonValue.Compare(v, a.Get(0, "b", null)) <= 0,
        ["gt"] = (v, a) => PythonValue.Compare(v, a.Get(0, "b", null)) > 0,
        ["ge"] = (v, a) => PythonValue.Compare(v, a.Get(0, "b", null)) >= 0,
        ["in"] = (v, a) => PythonValue.Contains(a.Get(0, "seq", null), v),
        ["sameas"] = (v, a) => a.Get(0, "other", null) is var other && (ReferenceEquals(v, other) || (v?.GetType() == other?.GetType() && v is bool or string or long && PythonEquality.AreEqual(v, other))),
        ["lower"] = (v, _) => PythonValue.Text(v) is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        ["upper"] = (v, _) => PythonValue.Text(v) is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        ["filter"] = (v, _) => v is string name && TemplateFilters.Has(name),
        ["test"] = (v, _) => v is string name && Has(name),
    };

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal)
    {
        ["=="] = "eq",
        ["equalto"] = "eq",
        ["!="] = "ne",
        ["<"] = "lt",
        ["lessthan"] = "lt",
        ["<="] = "le",
        [">"] = "gt",
        ["greaterthan"] = "gt",
        [">="] = "ge",
    };

    /// <summary>Whether there is a test.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when there is.</returns>
    internal static bool Has(string name) => Tests.ContainsKey(OtherNames.GetValueOrDefault(name, name));

    /// <summary>Carries out a test.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <returns>Whether it holds.</returns>
    internal static bool Holds(string name, object? value, TemplateArguments arguments) =>
        Tests.TryGetValue(OtherNames.GetValueOrDefault(name, name), out Func<object?, TemplateArguments, bool>? test) ? test(TemplateMarkup.Plain(value), arguments) : throw new TemplateFailureException($"the test '{name}' is not supported");

    private static long Integer(object? value) => PythonNumber.TryGetInteger(value, out long number) ? number : throw new TemplateFailureException($"'{PythonValue.TypeName(value)}' is no integer");
}
