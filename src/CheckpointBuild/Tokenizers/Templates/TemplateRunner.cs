using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Carries out the statements of a template.</summary>
internal sealed class TemplateRunner
{
    private readonly TemplateBudget _budget = new();
    private readonly TemplateEvaluator _evaluator;
    private int _depth;
    private int _loops;

    private TemplateRunner() => _evaluator = new TemplateEvaluator(_budget);

    /// <summary>What a statement says about the loop that it stands in.</summary>
    private enum Flow
    {
        GoOn,
        NextRound,
        EndLoop,
    }

    /// <summary>Renders a template.</summary>
    /// <param name="statements">Its statements.</param>
    /// <param name="variables">Its variables.</param>
    /// <returns>The text.</returns>
    /// <exception cref="TemplateFailureException">It failed.</exception>
    internal static string Run(ImmutableArray<TemplateStatement> statements, IEnumerable<KeyValuePair<string, object?>> variables)
    {
        var runner = new TemplateRunner();
        var scope = new TemplateScope(TemplateGlobals.Create(runner._budget));
        foreach ((string name, object? value) in variables)
        {
            scope.Set(name, value);
        }

        var output = new StringBuilder();
        runner.Run(statements, scope, output);
        return output.ToString();
    }

    private Flow Run(ImmutableArray<TemplateStatement> statements, TemplateScope scope, StringBuilder output)
    {
        foreach (TemplateStatement statement in statements)
        {
            _budget.Step();
            Flow flow;
            try
            {
                flow = Run(statement, scope, output);
            }
            catch (TemplateFailureException failure) when (failure.Line == 0)
            {
                throw new TemplateFailureException(failure.Message, statement.Line) { IsRaised = failure.IsRaised };
            }

            if (flow != Flow.GoOn)
            {
                return flow;
            }
        }

        return Flow.GoOn;
    }

    private Flow Run(TemplateStatement statement, TemplateScope scope, StringBuilder output)
    {
        switch (statement)
        {
            case TemplateStatement.Text text:
                Print(text.Content, output);
                break;
            case TemplateStatement.Print print:
                Print(PythonValue.Text(_evaluator.Evaluate(print.Value, scope)), output);
                break;
            case TemplateStatement.If branches:
                foreach ((TemplateExpression? condition, ImmutableArray<TemplateStatement> body) in branches.Branches)
                {
                    if (condition is null || PythonValue.IsTrue(_evaluator.Evaluate(condition, scope)))
                    {
                        return Run(body, scope, output);
                    }
                }

                break;
            case TemplateStatement.For loop:
                RunLoop(loop, scope, output);
                break;
            case TemplateStatement.Set set:
                Assign(set, _evaluator.Evaluate(set.Value, scope), scope);
                break;
            case TemplateStatement.SetBlock set:
                Assign(set.Target, set.Attribute, _evaluator.Filter(Capture(set.Body, new TemplateScope(scope)), set.Filters, scope), scope);
                break;
            case TemplateStatement.Macro macro:
                scope.Set(macro.Name, Function(macro.Name, macro.Parameters, macro.Body, scope));
                break;
            case TemplateStatement.CallBlock call:
                RunCall(call, scope, output);
                break;
            case TemplateStatement.FilterBlock filter:
                Print(PythonValue.Text(_evaluator.Filter(Capture(filter.Body, new TemplateScope(scope)), filter.Filters, scope)), output);
                break;
            case TemplateStatement.With with:
                var inner = new TemplateScope(scope);
                foreach ((string name, TemplateExpression value) in with.Variables)
                {
                    inner.Set(name, _evaluator.Evaluate(value, scope));
                }

                return Run(with.Body, inner, output);
            case TemplateStatement.Leave leave:
                return leave.EndsLoop ? Flow.EndLoop : Flow.NextRound;
        }

        return Flow.GoOn;
    }

    private void RunLoop(TemplateStatement.For loop, TemplateScope scope, StringBuilder output)
    {
        List<object?> items = [.. PythonValue.Items(_evaluator.Evaluate(loop.Sequence, scope))];
        _budget.Make(items.Count);
        if (loop.Condition is not null)
        {
            items = items.FindAll(item => PythonValue.IsTrue(_evaluator.Evaluate(loop.Condition, Round(loop, item, scope))));
        }

        if (items.Count == 0)
        {
            Run(loop.Otherwise, new TemplateScope(scope), output);
            return;
        }

        var state = new TemplateLoop(items, ++_loops);
        for (int i = 0; i < items.Count; i++)
        {
            state.Index = i;
            TemplateScope round = Round(loop, items[i], scope);
            round.Set("loop", state);
            if (Run(loop.Body, round, output) == Flow.EndLoop)
            {
                break;
            }
        }

        _loops--;
    }

    private static TemplateScope Round(TemplateStatement.For loop, object? item, TemplateScope scope)
    {
        var round = new TemplateScope(scope);
        Unpack(loop.Targets, loop.Unpacks, item, round);
        return round;
    }

    private static void Unpack(ImmutableArray<string> targets, bool unpacks, object? value, TemplateScope scope)
    {
        if (!unpacks)
        {
            scope.Set(targets[0], value);
            return;
        }

        object?[] parts = [.. PythonValue.Items(value).Take(targets.Length + 1)];
        if (parts.Length != targets.Length)
        {
            throw new TemplateFailureException($"{targets.Length} values are needed to unpack, there are {(parts.Length > targets.Length ? "more" : parts.Length)}");
        }

        for (int i = 0; i < parts.Length; i++)
        {
            scope.Set(targets[i], parts[i]);
        }
    }

    private static void Assign(TemplateStatement.Set set, object? value, TemplateScope scope)
    {
        if (set.Attribute is null)
        {
            Unpack(set.Targets, set.Targets.Length > 1, value, scope);
        }
        else
        {
            Assign(set.Targets[0], set.Attribute, value, scope);
        }
    }

    private static void Assign(string target, string? attribute, object? value, TemplateScope scope)
    {
        if (attribute is null)
        {
            scope.Set(target, value);
        }
        else if (scope.Get(target) is TemplateNamespace space && !attribute.StartsWith('_'))
        {
            space.Values[attribute] = value;
        }
        else
        {
            throw new TemplateFailureException("cannot assign attribute on non-namespace object");
        }
    }

    private void RunCall(TemplateStatement.CallBlock call, TemplateScope scope, StringBuilder output)
    {
        object? function = _evaluator.Evaluate(call.Call.Function, scope);
        if (function is not TemplateFunction known)
        {
            throw function is Undefined undefined ? undefined.Failure() : new TemplateFailureException($"'{PythonValue.TypeName(function)}' object is not callable");
        }

        TemplateArguments arguments = _evaluator.Arguments(call.Call.Arguments, scope);
        var named = new Dictionary<string, object?>(arguments.Named, StringComparer.Ordinal) { ["caller"] = Function("caller", call.Parameters, call.Body, scope) };
        Print(PythonValue.Text(known.Invoke(arguments with { Named = named })), output);
    }

    /// <summary>A macro as something that can be called. It sees the variables around the place where it stands.</summary>
    private TemplateFunction Function(string name, ImmutableArray<TemplateParameter> parameters, ImmutableArray<TemplateStatement> body, TemplateScope outer) => new(name, arguments =>
    {
        var scope = new TemplateScope(outer);
        if (arguments.Positional.Length > parameters.Length)
        {
            throw new TemplateFailureException($"macro '{name}' takes not more than {parameters.Length} argument(s)");
        }

        foreach ((string key, object? value) in arguments.Named)
        {
            if (key == "caller")
            {
                scope.Set(key, value);
            }
            else if (parameters.All(p => p.Name != key))
            {
                throw new TemplateFailureException($"macro '{name}' takes no keyword argument '{key}'");
            }
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            TemplateParameter parameter = parameters[i];
            object? value = arguments.Has(i, parameter.Name) ? arguments.Get(i, parameter.Name, null)
                : parameter.Default is not null ? _evaluator.Evaluate(parameter.Default, scope)
                : new Undefined($"parameter '{parameter.Name}' was not provided");
            scope.Set(parameter.Name, value);
        }

        return Capture(body, scope);
    });

    private string Capture(ImmutableArray<TemplateStatement> body, TemplateScope scope)
    {
        if (++_depth > TemplateBudget.MostDepth)
        {
            throw new TemplateFailureException("calls stand too deep in each other");
        }

        (int loops, _loops) = (_loops, 0);
        var output = new StringBuilder();
        Run(body, scope, output);
        _loops = loops;
        _depth--;
        return output.ToString();
    }

    private void Print(string text, StringBuilder output)
    {
        _budget.Make(text.Length);
        output.Append(text);
    }
}
