using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>The functions that every template has.</summary>
internal static class TemplateGlobals
{
    /// <summary>The sandbox's longest <c>range</c>.</summary>
    private const int MostRange = 100_000;

    /// <summary>Makes the outermost scope.</summary>
    /// <param name="budget">What the functions may use.</param>
    /// <returns>The scope.</returns>
    internal static TemplateScope Create(TemplateBudget budget)
    {
        var scope = new TemplateScope(null);
        foreach (TemplateFunction function in (TemplateFunction[])
        [
            new("range", a => Range(a, budget)),
            new("namespace", Namespace),
            new("dict", Dictionary),
            new("raise_exception", a => throw new TemplateFailureException(PythonValue.Text(a.Get(0, "message", null))) { IsRaised = true }),
            new("joiner", a => Joiner(a.Text(0, "sep", ", "))),
        ])
        {
            scope.Set(function.Name, function);
        }

        return scope;
    }

    private static List<object?> Range(TemplateArguments arguments, TemplateBudget budget)
    {
        int first = arguments.Positional.Length < 2 ? 0 : arguments.Integer(0, "start");
        int last = arguments.Integer(arguments.Positional.Length < 2 ? 0 : 1, "stop");
        int step = arguments.Integer(2, "step", 1);
        long count = step == 0 ? throw new TemplateFailureException("range() step must not be zero") : System.Math.Max(0, ((long)last - first + step - System.Math.Sign(step)) / step);
        if (count > MostRange)
        {
            throw new TemplateFailureException($"a range of {count} is too large, {MostRange} is the most");
        }

        budget.Make(count);
        return [.. Enumerable.Range(0, (int)count).Select(i => (object?)(first + ((long)i * step)))];
    }

    private static TemplateNamespace Namespace(TemplateArguments arguments)
    {
        var space = new TemplateNamespace();
        foreach ((object key, object? value) in arguments.Positional.OfType<TemplateDictionary>().SelectMany(d => d.Entries))
        {
            space.Values[PythonValue.Text(TemplateDictionary.KeyOf(key))] = value;
        }

        foreach ((string name, object? value) in arguments.Named)
        {
            space.Values[name] = value;
        }

        return space;
    }

    private static TemplateDictionary Dictionary(TemplateArguments arguments)
    {
        TemplateDictionary dictionary = arguments.Positional is [TemplateDictionary source, ..] ? source.Copy() : new TemplateDictionary();
        foreach ((string name, object? value) in arguments.Named)
        {
            dictionary.Set(name, value);
        }

        return dictionary;
    }

    /// <summary>A function that gives nothing the first time and a separator from then on.</summary>
    private static TemplateFunction Joiner(string separator)
    {
        bool used = false;
        return new("joiner", _ =>
        {
            string text = used ? separator : "";
            used = true;
            return text;
        });
    }
}
