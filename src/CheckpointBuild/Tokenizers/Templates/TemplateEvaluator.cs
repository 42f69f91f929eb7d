using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Works out expressions.</summary>
/// <param name="budget">What may be used.</param>
internal sealed class TemplateEvaluator(TemplateBudget budget)
{
    /// <summary>Works out an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="scope">The variables.</param>
    /// <returns>Its value.</returns>
    /// <exception cref="TemplateFailureException">It has none.</exception>
    internal object? Evaluate(TemplateExpression expression, TemplateScope scope)
    {
        budget.Step();
        try
        {
            return Work(expression, scope);
        }
        catch (TemplateFailureException failure) when (failure.Line == 0)
        {
            throw new TemplateFailureException(failure.Message, expression.Line) { IsRaised = failure.IsRaised };
        }
    }

    /// <summary>Works out arguments.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="scope">The variables.</param>
    /// <returns>Their values.</returns>
    internal TemplateArguments Arguments(TemplateCallArguments arguments, TemplateScope scope)
    {
        if (arguments.Positional.IsEmpty && arguments.Named.IsEmpty)
        {
            return TemplateArguments.None;
        }

        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        object?[] positional = [.. arguments.Positional.Select(a => Evaluate(a, scope))];
        foreach ((string name, TemplateExpression value) in arguments.Named)
        {
            named[name] = Evaluate(value, scope);
        }

        return new(positional, named);
    }

    /// <summary>Applies a chain of filters to a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="filters">The filters, in order.</param>
    /// <param name="scope">The variables.</param>
    /// <returns>The filtered value.</returns>
    internal object? Filter(string text, ImmutableArray<TemplateExpression.Filter> filters, TemplateScope scope)
    {
        object? value = text;
        foreach (TemplateExpression.Filter filter in filters)
        {
            value = TemplateFilters.Apply(filter.Name, value, Arguments(filter.Arguments, scope), budget);
        }

        return value;
    }

    private object? Work(TemplateExpression expression, TemplateScope scope) => expression switch
    {
        TemplateExpression.Constant constant => constant.Value,
        TemplateExpression.Variable variable => scope.Get(variable.Name),
        TemplateExpression.Items items => All(items.Parts, scope).ToList(),
        TemplateExpression.Group group => new TemplateTuple([.. All(group.Parts, scope)]),
        TemplateExpression.Pairs pairs => Dictionary(pairs, scope),
        TemplateExpression.Attribute attribute => TemplateAttributes.Get(Evaluate(attribute.Owner, scope), attribute.Name, budget),
        TemplateExpression.Element element => TemplateAttributes.GetElement(Evaluate(element.Owner, scope), Evaluate(element.Key, scope), budget),
        TemplateExpression.Slice slice => Slice(slice, scope),
        TemplateExpression.Call call => Call(call, scope),
        TemplateExpression.Filter filter => TemplateFilters.Apply(filter.Name, Evaluate(filter.Value!, scope), Arguments(filter.Arguments, scope), budget),
        TemplateExpression.Test test => TemplateTests.Holds(test.Name, Evaluate(test.Value, scope), Arguments(test.Arguments, scope)),
        TemplateExpression.Unary unary => Unary(unary.Operator, Evaluate(unary.Value, scope)),
        TemplateExpression.Binary binary => Binary(binary, scope),
        TemplateExpression.Comparison comparison => Compare(comparison, scope),
        TemplateExpression.Choice choice => Choose(choice, scope),
        _ => throw new TemplateFailureException("this expression is not supported"),
    };

    private IEnumerable<object?> All(ImmutableArray<TemplateExpression> parts, TemplateScope scope)
    {
        foreach (TemplateExpression part in parts)
        {
            yield return Evaluate(part, scope);
        }
    }

    private TemplateDictionary Dictionary(TemplateExpression.Pairs pairs, TemplateScope scope)
    {
        var dictionary = new TemplateDictionary();
        foreach ((TemplateExpression key, TemplateExpression value) in pairs.Entries)
        {
            dictionary.Set(Evaluate(key, scope), Evaluate(value, scope));
        }

        return dictionary;
    }

    private object? Slice(TemplateExpression.Slice slice, TemplateScope scope)
    {
        object? owner = Evaluate(slice.Owner, scope);
        object? part = TemplateAttributes.Slice(
            owner,
            slice.Start is null ? null : Evaluate(slice.Start, scope),
            slice.Stop is null ? null : Evaluate(slice.Stop, scope),
            slice.Step is null ? null : Evaluate(slice.Step, scope));
        budget.Make(PythonValue.Length(part));
        return part;
    }

    private object? Call(TemplateExpression.Call call, TemplateScope scope)
    {
        object? function = Evaluate(call.Function, scope);
        return function switch
        {
            TemplateFunction known => known.Invoke(Arguments(call.Arguments, scope)),
            Undefined undefined => throw undefined.Failure(),
            _ => throw new TemplateFailureException($"'{PythonValue.TypeName(function)}' object is not callable"),
        };
    }

    private object? Binary(TemplateExpression.Binary binary, TemplateScope scope)
    {
        object? left = Evaluate(binary.Left, scope);
        return binary.Operator switch
        {
            "and" => PythonValue.IsTrue(left) ? Evaluate(binary.Right, scope) : left,
            "or" => PythonValue.IsTrue(left) ? left : Evaluate(binary.Right, scope),
            _ => TemplateOperators.Apply(binary.Operator, left, Evaluate(binary.Right, scope), budget),
        };
    }

    private bool Compare(TemplateExpression.Comparison comparison, TemplateScope scope)
    {
        object? left = Evaluate(comparison.First, scope);
        foreach ((string name, TemplateExpression value) in comparison.Rest)
        {
            object? right = Evaluate(value, scope);
            if (!TemplateOperators.Compare(name, left, right, budget))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private object? Choose(TemplateExpression.Choice choice, TemplateScope scope)
    {
        if (PythonValue.IsTrue(Evaluate(choice.Condition, scope)))
        {
            return Evaluate(choice.Then, scope);
        }

        return choice.Otherwise is null ? new Undefined("the inline if-expression evaluated to false and no else section was defined.") : Evaluate(choice.Otherwise, scope);
    }

    private static object Unary(string name, object? value) => name switch
    {
        "not" => !PythonValue.IsTrue(value),
        "-" when value is double number => -number,
        "-" when value is not Undefined => PythonNumber.TryGet(value, out _) ? PythonNumber.Apply("-", 0L, value) : throw new TemplateFailureException($"bad operand type for unary -: '{PythonValue.TypeName(value)}'"),
        "+" when value is not Undefined => PythonNumber.TryGet(value, out _) ? PythonNumber.Apply("+", 0L, value) : throw new TemplateFailureException($"bad operand type for unary +: '{PythonValue.TypeName(value)}'"),
        _ => throw ((Undefined)value!).Failure(),
    };
}
