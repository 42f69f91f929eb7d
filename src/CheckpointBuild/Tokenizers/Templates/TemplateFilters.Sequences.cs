using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <content>Filters of lists and dictionaries.</content>
internal static partial class TemplateFilters
{
    private static readonly Dictionary<string, Func<object?, TemplateArguments, TemplateBudget, object?>> SequenceFilters = new(StringComparer.Ordinal)
    {
        ["list"] = (v, _, _) => PythonValue.Items(v).ToList(),
        ["first"] = (v, _, _) => PythonValue.Items(v).DefaultIfEmpty(new Undefined("No first item, sequence was empty.")).First(),
        ["last"] = (v, _, _) => PythonValue.Items(v).DefaultIfEmpty(new Undefined("No last item, sequence was empty.")).Last(),
        ["join"] = (v, a, b) => StringMethods.Join(a.Text(0, "d", ""), PythonValue.Items(v).Select(i => PythonValue.Text(Attribute(i, a.Get(1, "attribute", null), b))), b),
        ["reverse"] = (v, _, _) => v is string text ? string.Concat(PythonText.Characters(text).Reverse()) : new TemplateGenerator(PythonValue.Items(v).Reverse().ToList()),
        ["items"] = (v, _, _) => new TemplateGenerator(v is Undefined ? [] : v is TemplateDictionary dictionary ? ContainerMethods.Pairs(dictionary) : throw new TemplateFailureException("Can only get item pairs from a mapping.")),
        ["dictsort"] = SortDictionary,
        ["sort"] = (v, a, b) => Sorted(PythonValue.Items(v), i => Attribute(i, a.Get(2, "attribute", null), b), a.Flag(1, "case_sensitive"), a.Flag(0, "reverse")),
        ["unique"] = (v, a, b) => new TemplateGenerator(PythonValue.Items(v).DistinctBy(i => Folded(Attribute(i, a.Get(1, "attribute", null), b), a.Flag(0, "case_sensitive")) ?? PythonEquality.NoneKey, PythonEquality.Instance).ToList()),
        ["min"] = (v, a, b) => Extreme(v, a, b, isGreatest: false),
        ["max"] = (v, a, b) => Extreme(v, a, b, isGreatest: true),
        ["sum"] = (v, a, b) => PythonValue.Items(v).Select(i => Attribute(i, a.Get(0, "attribute", null), b)).Aggregate(a.Get(1, "start", 0L), (x, y) => TemplateOperators.Apply("+", x, y, b)),
        ["map"] = Map,
        ["select"] = (v, a, _) => Chosen(v, i => Holds(i, a)),
        ["reject"] = (v, a, _) => Chosen(v, i => !Holds(i, a)),
        ["selectattr"] = (v, a, b) => Chosen(v, i => Holds(Attribute(i, a.Get(0, "attribute", null), b), a.Skip(1))),
        ["rejectattr"] = (v, a, b) => Chosen(v, i => !Holds(Attribute(i, a.Get(0, "attribute", null), b), a.Skip(1))),
        ["groupby"] = Group,
        ["batch"] = (v, a, _) => new TemplateGenerator(PythonValue.Items(v).Chunk(Math.Max(1, a.Integer(0, "linecount"))).Select(c => (object?)c.ToList()).ToList()),
        ["attr"] = (v, a, b) => TemplateAttributes.Get(v, a.Text(0, "name"), b),
    };

    /// <summary>An attribute path of an item: names and places with points between them; the item itself where there is none.</summary>
    private static object? Attribute(object? item, object? path, TemplateBudget budget)
    {
        budget.Step();
        switch (path)
        {
            case null:
                return item;
            case long index:
                return TemplateAttributes.GetElement(item, index, budget);
            case string text:
                foreach (string name in text.Split('.'))
                {
                    item = TemplateAttributes.GetElement(item, long.TryParse(name, out long place) ? place : name, budget);
                }

                return item;
            default:
                throw new TemplateFailureException("an attribute is named by a string");
        }
    }

    private static TemplateGenerator Map(object? value, TemplateArguments arguments, TemplateBudget budget)
    {
        if (arguments.Positional.Length == 0)
        {
            object? path = arguments.Get(0, "attribute", null) ?? throw new TemplateFailureException("map needs a filter or an attribute");
            return new(ItemsOfTrue(value).Select(i => Attribute(i, path, budget) is var found && found is Undefined && arguments.Named.TryGetValue("default", out object? otherwise) ? otherwise : found).ToList());
        }

        string name = arguments.Text(0, "filter");
        return new(ItemsOfTrue(value).Select(i => Apply(name, i, arguments.Skip(1), budget)).ToList());
    }

    private static TemplateGenerator Chosen(object? value, Func<object?, bool> rule) => new(ItemsOfTrue(value).Where(rule).ToList());

    /// <summary>The items of a value; none where it counts as false, even where it has none.</summary>
    private static IEnumerable<object?> ItemsOfTrue(object? value) => PythonValue.IsTrue(value) ? PythonValue.Items(value) : [];

    private static bool Holds(object? item, TemplateArguments arguments) =>
        arguments.Positional.Length == 0 ? PythonValue.IsTrue(item) : TemplateTests.Holds(arguments.Text(0, "test"), item, arguments.Skip(1));

    private static List<object?> SortDictionary(object? value, TemplateArguments arguments, TemplateBudget budget)
    {
        TemplateDictionary dictionary = value as TemplateDictionary ?? throw new TemplateFailureException("dictsort needs a dictionary");
        int part = arguments.Text(1, "by", "key") switch { "key" => 0, "value" => 1, _ => throw new TemplateFailureException("dictsort sorts by key or by value") };
        return Sorted(ContainerMethods.Pairs(dictionary), p => ((TemplateTuple)p!).Items[part], arguments.Flag(0, "case_sensitive"), arguments.Flag(2, "reverse"));
    }

    private static List<object?> Sorted(IEnumerable<object?> items, Func<object?, object?> key, bool isCaseSensitive, bool isReverse)
    {
        // A stable sort; reversed, equal items still keep their order.
        var comparer = Comparer<object?>.Create((x, y) => isReverse ? PythonValue.Compare(y, x) : PythonValue.Compare(x, y));
        try
        {
            return [.. items.OrderBy(i => Folded(key(i), isCaseSensitive), comparer)];
        }
        catch (InvalidOperationException problem) when (problem.InnerException is TemplateFailureException failure)
        {
            throw failure;
        }
    }

    private static object? Folded(object? key, bool isCaseSensitive) => key is string text && !isCaseSensitive ? PythonText.Lower(text) : key;

    private static object? Extreme(object? value, TemplateArguments arguments, TemplateBudget budget, bool isGreatest)
    {
        List<object?> sorted = Sorted(PythonValue.Items(value), i => Attribute(i, arguments.Get(1, "attribute", null), budget), arguments.Flag(0, "case_sensitive"), isGreatest);
        return sorted.Count > 0 ? sorted[0] : new Undefined("No aggregated item, sequence was empty.");
    }

    private static List<object?> Group(object? value, TemplateArguments arguments, TemplateBudget budget)
    {
        object? path = arguments.Get(0, "attribute", null);
        var groups = new List<object?>();
        foreach (object? item in Sorted(PythonValue.Items(value), i => Attribute(i, path, budget), arguments.Flag(2, "case_sensitive"), isReverse: false))
        {
            object? key = Attribute(item, path, budget);
            if (groups.Count > 0 && groups[^1] is TemplateTuple { Items: [var last, List<object?> members] } && PythonEquality.AreEqual(Folded(last, arguments.Flag(2, "case_sensitive")), Folded(key, arguments.Flag(2, "case_sensitive"))))
            {
                members.Add(item);
            }
            else
            {
                groups.Add(new TemplateTuple([key, new List<object?> { item }]));
            }
        }

        return groups;
    }
}
