using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser
{
    private readonly TokenCursor _cursor;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private TemplateParser(string text)
    {
        _cursor = new TokenCursor(TemplateLexer.Cut(text));
        _expressions = new ExpressionParser(_cursor);
    }

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <returns>Its statements.</returns>
    /// <exception cref="TemplateFailureException">It is no template, or holds what is not supported.</exception>
    internal static ImmutableArray<TemplateStatement> Parse(string text)
    {
        var parser = new TemplateParser(text);
        ImmutableArray<TemplateStatement> statements = parser.ReadBody();
        return parser._cursor.Current.Kind == TemplateTokenKind.End ? statements : throw parser._cursor.Failure($"the tag '{parser._cursor.Next.Text}' has no beginning");
    }

    /// <summary>Reads statements up to the tag that ends or divides the block they stand in, or to the end of the template. The tag's start stays.</summary>
    private ImmutableArray<TemplateStatement> ReadBody()
    {
        _cursor.Enter();
        var body = ImmutableArray.CreateBuilder<TemplateStatement>();
        while (true)
        {
            TemplateToken token = _cursor.Current;
            switch (token.Kind)
            {
                case TemplateTokenKind.Text:
                    body.Add(new TemplateStatement.Text(_cursor.Take().Text, token.Line));
                    continue;
                case TemplateTokenKind.PrintStart:
                    _cursor.Take();
                    body.Add(new TemplateStatement.Print(_expressions.ReadTuple(), token.Line));
                    if (_cursor.Take().Kind != TemplateTokenKind.PrintEnd)
                    {
                        throw _cursor.Failure("the expression goes on where it should end");
                    }

                    continue;
                case TemplateTokenKind.BlockStart when !_cursor.Next.Text.StartsWith("end", StringComparison.Ordinal) && _cursor.Next.Text is not ("else" or "elif"):
                    _cursor.Take();
                    body.Add(ReadStatement());
                    continue;
            }

            _cursor.Leave();
            return body.ToImmutable();
        }
    }

    /// <summary>Takes the tag that ends a body.</summary>
    private void ReadEnd(string name)
    {
        if (_cursor.Take().Kind != TemplateTokenKind.BlockStart)
        {
            throw _cursor.Failure($"'{name}' is missing");
        }

        _cursor.ExpectName(name);
        _cursor.ExpectBlockEnd();
    }

    private TemplateStatement ReadStatement()
    {
        int line = _cursor.Current.Line;
        string name = _cursor.TakeName();
        switch (name)
        {
            case "if":
                return ReadIf(line);
            case "for":
                return ReadFor(line);
            case "set":
                return ReadSet(line);
            case "macro":
                return ReadMacro(line);
            case "call":
                return ReadCall(line);
            case "filter":
                return ReadFilter(line);
            case "with":
                return ReadWith(line);
            case "generation":
                _cursor.ExpectBlockEnd();
                ImmutableArray<TemplateStatement> body = ReadBody();
                ReadEnd("endgeneration");
                return new TemplateStatement.With([], body, line);
            case "break" or "continue":
                _cursor.ExpectBlockEnd();
                return _loops > 0 ? new TemplateStatement.Leave(name == "break", line) : throw new TemplateFailureException($"'{name}' stands outside of a loop", line);
            default:
                throw new TemplateFailureException($"the statement '{name}' is not supported", line);
        }
    }

    private TemplateStatement.If ReadIf(int line)
    {
        var branches = new List<(TemplateExpression? Condition, ImmutableArray<TemplateStatement> Body)>();
        TemplateExpression? condition = _expressions.ReadTuple();
        while (true)
        {
            _cursor.ExpectBlockEnd();
            branches.Add((condition, ReadBody()));
            if (_cursor.Current.Kind != TemplateTokenKind.BlockStart)
            {
                throw _cursor.Failure("'endif' is missing");
            }

            if (condition is not null && _cursor.Next.IsName("elif"))
            {
                _cursor.Take();
                _cursor.Take();
                condition = _expressions.ReadTuple();
            }
            else if (condition is not null && _cursor.Next.IsName("else"))
            {
                _cursor.Take();
                _cursor.Take();
                condition = null;
            }
            else
            {
                ReadEnd("endif");
                return new([.. branches], line);
            }
        }
    }

    private TemplateStatement.For ReadFor(int line)
    {
        ImmutableArray<string> targets = ReadTargets(out bool unpacks);
        _cursor.ExpectName("in");
        TemplateExpression sequence = _expressions.ReadWithoutChoice();
        TemplateExpression? condition = _cursor.TryTakeName("if") ? _expressions.Read() : null;
        if (_cursor.Current.IsName("recursive"))
        {
            throw _cursor.Failure("a recursive loop is not supported");
        }

        _cursor.ExpectBlockEnd();
        _loops++;
        ImmutableArray<TemplateStatement> body = ReadBody();
        _loops--;
        ImmutableArray<TemplateStatement> otherwise = [];
        if (_cursor.Current.Kind == TemplateTokenKind.BlockStart && _cursor.Next.IsName("else"))
        {
            _cursor.Take();
            _cursor.Take();
            _cursor.ExpectBlockEnd();
            otherwise = ReadBody();
        }

        ReadEnd("endfor");
        return new(targets, sequence, condition, body, otherwise, line) { Unpacks = unpacks };
    }

    private ImmutableArray<string> ReadTargets(out bool unpacks)
    {
        bool inBrackets = _cursor.TryTake("(");
        var targets = ImmutableArray.CreateBuilder<string>();
        targets.Add(_cursor.TakeName());
        unpacks = false;
        while (_cursor.TryTake(","))
        {
            unpacks = true;
            if (_cursor.Current.Kind == TemplateTokenKind.Name && !_cursor.Current.IsName("in"))
            {
                targets.Add(_cursor.TakeName());
            }
        }

        if (inBrackets)
        {
            _cursor.Expect(")");
        }

        return targets.ToImmutable();
    }

    private TemplateStatement ReadSet(int line)
    {
        ImmutableArray<string> targets = ReadTargets(out bool unpacks);
        string? attribute = !unpacks && _cursor.TryTake(".") ? _cursor.TakeName() : null;
        if (_cursor.TryTake("="))
        {
            TemplateExpression value = _expressions.ReadTuple();
            _cursor.ExpectBlockEnd();
            return new TemplateStatement.Set(targets, attribute, value, line);
        }

        ImmutableArray<TemplateExpression.Filter> filters = _cursor.TryTake("|") ? [.. _expressions.ReadFilters()] : [];
        _cursor.ExpectBlockEnd();
        ImmutableArray<TemplateStatement> body = ReadBody();
        ReadEnd("endset");
        return unpacks ? throw new TemplateFailureException("a block cannot be taken apart", line) : new TemplateStatement.SetBlock(targets[0], attribute, filters, body, line);
    }

    private TemplateStatement.Macro ReadMacro(int line)
    {
        string name = _cursor.TakeName();
        ImmutableArray<TemplateParameter> parameters = ReadParameters();
        _cursor.ExpectBlockEnd();
        ImmutableArray<TemplateStatement> body = ReadFunctionBody();
        ReadEnd("endmacro");
        return new(name, parameters, body, line);
    }

    private TemplateStatement.CallBlock ReadCall(int line)
    {
        ImmutableArray<TemplateParameter> parameters = _cursor.Current.Is("(") ? ReadParameters() : [];
        TemplateExpression.Call call = _expressions.Read() as TemplateExpression.Call ?? throw new TemplateFailureException("'call' has no call behind it", line);
        _cursor.ExpectBlockEnd();
        ImmutableArray<TemplateStatement> body = ReadFunctionBody();
        ReadEnd("endcall");
        return new(call, parameters, body, line);
    }

    /// <summary>A loop around a function is not the function's to leave.</summary>
    private ImmutableArray<TemplateStatement> ReadFunctionBody()
    {
        (int outer, _loops) = (_loops, 0);
        ImmutableArray<TemplateStatement> body = ReadBody();
        _loops = outer;
        return body;
    }

    private ImmutableArray<TemplateParameter> ReadParameters()
    {
        _cursor.Expect("(");
        var parameters = ImmutableArray.CreateBuilder<TemplateParameter>();
        while (!_cursor.TryTake(")"))
        {
            parameters.Add(new TemplateParameter(_cursor.TakeName(), _cursor.TryTake("=") ? _expressions.Read() : null));
            if (!_cursor.Current.Is(")"))
            {
                _cursor.Expect(",");
            }
        }

        return parameters.ToImmutable();
    }

    private TemplateStatement.FilterBlock ReadFilter(int line)
    {
        ImmutableArray<TemplateExpression.Filter> filters = [.. _expressions.ReadFilters()];
        _cursor.ExpectBlockEnd();
        ImmutableArray<TemplateStatement> body = ReadBody();
        ReadEnd("endfilter");
        return new(filters, body, line);
    }

    private TemplateStatement.With ReadWith(int line)
    {
        var variables = ImmutableArray.CreateBuilder<(string Name, TemplateExpression Value)>();
        while (_cursor.Current.Kind == TemplateTokenKind.Name)
        {
            string name = _cursor.TakeName();
            _cursor.Expect("=");
            variables.Add((name, _expressions.Read()));
            if (!_cursor.TryTake(","))
            {
                break;
            }
        }

        _cursor.ExpectBlockEnd();
        ImmutableArray<TemplateStatement> body = ReadBody();
        ReadEnd("endwith");
        return new(variables.ToImmutable(), body, line);
    }
}
