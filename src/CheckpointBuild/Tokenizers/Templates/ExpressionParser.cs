using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Reads the expressions of a template. From the loosest to the tightest: if-else, or, and, not, comparison, + -, ~, * / // %, **, sign, then filters and tests, attributes, elements, calls.</summary>
/// <param name="cursor">The tokens.</param>
internal sealed class ExpressionParser(TokenCursor cursor)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] ClosingWords = ["else", "or", "and", "if", "in", "is", "not", "recursive"];

    /// <summary>Reads an expression.</summary>
    /// <returns>The expression.</returns>
    internal TemplateExpression Read()
    {
        cursor.Enter();
        int line = cursor.Current.Line;
        TemplateExpression value = ReadOr();
        while (cursor.TryTakeName("if"))
        {
            TemplateExpression condition = ReadOr();
            value = new TemplateExpression.Choice(condition, value, cursor.TryTakeName("else") ? Read() : null, line);
        }

        cursor.Leave();
        return value;
    }

    /// <summary>Reads an expression that is no if-else, for the sequence of a loop whose <c>if</c> filters it.</summary>
    /// <returns>The expression.</returns>
    internal TemplateExpression ReadWithoutChoice() => ReadOr();

    /// <summary>Reads one or several expressions with commas between them; several are a tuple.</summary>
    /// <returns>The expression.</returns>
    internal TemplateExpression ReadTuple()
    {
        int line = cursor.Current.Line;
        TemplateExpression first = Read();
        if (!cursor.Current.Is(","))
        {
            return first;
        }

        var parts = new List<TemplateExpression> { first };
        while (cursor.TryTake(",") && cursor.Current.Kind is not (TemplateTokenKind.BlockEnd or TemplateTokenKind.PrintEnd))
        {
            parts.Add(Read());
        }

        return new TemplateExpression.Group([.. parts], line);
    }

    /// <summary>Reads a chain of filters without the value that they are applied to.</summary>
    /// <returns>The filters, in order.</returns>
    internal List<TemplateExpression.Filter> ReadFilters()
    {
        var filters = new List<TemplateExpression.Filter> { ReadFilter(null) };
        while (cursor.TryTake("|"))
        {
            filters.Add(ReadFilter(null));
        }

        return filters;
    }

    private TemplateExpression ReadOr()
    {
        TemplateExpression left = ReadAnd();
        while (cursor.TryTakeName("or"))
        {
            left = new TemplateExpression.Binary("or", left, ReadAnd(), left.Line);
        }

        return left;
    }

    private TemplateExpression ReadAnd()
    {
        TemplateExpression left = ReadNot();
        while (cursor.TryTakeName("and"))
        {
            left = new TemplateExpression.Binary("and", left, ReadNot(), left.Line);
        }

        return left;
    }

    private TemplateExpression ReadNot()
    {
        int line = cursor.Current.Line;
        if (!cursor.Current.IsName("not") || cursor.Next.IsName("in"))
        {
            return ReadComparison();
        }

        cursor.Take();
        cursor.Enter();
        TemplateExpression value = ReadNot();
        cursor.Leave();
        return new TemplateExpression.Unary("not", value, line);
    }

    private TemplateExpression ReadComparison()
    {
        TemplateExpression first = ReadSum();
        var rest = new List<(string Operator, TemplateExpression Value)>();
        while (true)
        {
            if (cursor.Current.Kind == TemplateTokenKind.Operator && Array.IndexOf(Comparisons, cursor.Current.Text) >= 0)
            {
                rest.Add((cursor.Take().Text, ReadSum()));
            }
            else if (cursor.TryTakeName("in"))
            {
                rest.Add(("in", ReadSum()));
            }
            else if (cursor.Current.IsName("not") && cursor.Next.IsName("in"))
            {
                cursor.Take();
                cursor.Take();
                rest.Add(("not in", ReadSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new TemplateExpression.Comparison(first, [.. rest], first.Line);
            }
        }
    }

    private TemplateExpression ReadSum() => ReadLeft(() => ReadLeft(ReadProduct, "~"), "+", "-");

    private TemplateExpression ReadProduct() => ReadLeft(() => ReadLeft(() => ReadUnary(withFilters: true), "**"), "*", "/", "//", "%");

    private TemplateExpression ReadLeft(Func<TemplateExpression> operand, params ReadOnlySpan<string> operators)
    {
        TemplateExpression left = operand();
        while (cursor.Current.Kind == TemplateTokenKind.Operator && operators.Contains(cursor.Current.Text))
        {
            left = new TemplateExpression.Binary(cursor.Take().Text, left, operand(), left.Line);
        }

        return left;
    }

    private TemplateExpression ReadUnary(bool withFilters)
    {
        int line = cursor.Current.Line;
        TemplateExpression value;
        if (cursor.Current.Is("-") || cursor.Current.Is("+"))
        {
            string sign = cursor.Take().Text;
            cursor.Enter();
            value = new TemplateExpression.Unary(sign, ReadUnary(withFilters: false), line);
            cursor.Leave();
        }
        else
        {
            value = ReadPostfix(ReadPrimary());
        }

        return withFilters ? ReadFiltersAndTests(value) : value;
    }

    private TemplateExpression ReadPrimary()
    {
        TemplateToken token = cursor.Take();
        switch (token.Kind)
        {
            case TemplateTokenKind.String:
                var text = new StringBuilder(token.Text);
                while (cursor.Current.Kind == TemplateTokenKind.String)
                {
                    text.Append(cursor.Take().Text);
                }

                return new TemplateExpression.Constant(text.ToString(), token.Line);
            case TemplateTokenKind.Integer:
                return new TemplateExpression.Constant(long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long integer) ? integer : throw cursor.Failure("a number this large is not supported"), token.Line);
            case TemplateTokenKind.Float:
                return new TemplateExpression.Constant(double.Parse(token.Text, CultureInfo.InvariantCulture), token.Line);
            case TemplateTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new TemplateExpression.Constant(true, token.Line),
                    "false" or "False" => new TemplateExpression.Constant(false, token.Line),
                    "none" or "None" => new TemplateExpression.Constant(null, token.Line),
                    _ => new TemplateExpression.Variable(token.Text, token.Line),
                };
            case TemplateTokenKind.Operator when token.Text == "(":
                return ReadGroup(token.Line);
            case TemplateTokenKind.Operator when token.Text == "[":
                return new TemplateExpression.Items([.. ReadList("]")], token.Line);
            case TemplateTokenKind.Operator when token.Text == "{":
                return ReadPairs(token.Line);
            default:
                throw new TemplateFailureException(token.Text.Length > 0 ? $"an expression cannot begin with '{token.Text}'" : "an expression is missing", token.Line);
        }
    }

    private TemplateExpression ReadGroup(int line)
    {
        if (cursor.TryTake(")"))
        {
            return new TemplateExpression.Group([], line);
        }

        TemplateExpression first = Read();
        if (cursor.TryTake(")"))
        {
            return first;
        }

        cursor.Expect(",");
        return new TemplateExpression.Group([first, .. ReadList(")")], line);
    }

    private List<TemplateExpression> ReadList(string close)
    {
        var parts = new List<TemplateExpression>();
        while (!cursor.TryTake(close))
        {
            parts.Add(Read());
            if (!cursor.Current.Is(close))
            {
                cursor.Expect(",");
            }
        }

        return parts;
    }

    private TemplateExpression.Pairs ReadPairs(int line)
    {
        var entries = new List<(TemplateExpression Key, TemplateExpression Value)>();
        while (!cursor.TryTake("}"))
        {
            TemplateExpression key = Read();
            cursor.Expect(":");
            entries.Add((key, Read()));
            if (!cursor.Current.Is("}"))
            {
                cursor.Expect(",");
            }
        }

        return new([.. entries], line);
    }

    private TemplateExpression ReadPostfix(TemplateExpression value)
    {
        while (true)
        {
            int line = cursor.Current.Line;
            if (cursor.TryTake("."))
            {
                // Jinja also reads 'a.0' as an element.
                value = cursor.Current.Kind == TemplateTokenKind.Integer
                    ? new TemplateExpression.Element(value, ReadPrimary(), line)
                    : new TemplateExpression.Attribute(value, cursor.TakeName(), line);
            }
            else if (cursor.TryTake("["))
            {
                value = ReadElement(value, line);
            }
            else if (cursor.Current.Is("("))
            {
                value = new TemplateExpression.Call(value, ReadArguments(), line);
            }
            else
            {
                return value;
            }
        }
    }

    private TemplateExpression ReadElement(TemplateExpression owner, int line)
    {
        TemplateExpression? start = cursor.Current.Is(":") ? null : Read();
        if (cursor.TryTake("]"))
        {
            return new TemplateExpression.Element(owner, start!, line);
        }

        if (cursor.Current.Is(","))
        {
            throw cursor.Failure("an element with several keys is not supported");
        }

        cursor.Expect(":");
        TemplateExpression? stop = cursor.Current.Is(":") || cursor.Current.Is("]") ? null : Read();
        TemplateExpression? step = cursor.TryTake(":") && !cursor.Current.Is("]") ? Read() : null;
        cursor.Expect("]");
        return new TemplateExpression.Slice(owner, start, stop, step, line);
    }

    private TemplateCallArguments ReadArguments()
    {
        cursor.Expect("(");
        var positional = new List<TemplateExpression>();
        var named = new List<(string Name, TemplateExpression Value)>();
        while (!cursor.TryTake(")"))
        {
            if (cursor.Current.Is("*") || cursor.Current.Is("**"))
            {
                throw cursor.Failure("arguments from a list or dictionary are not supported");
            }

            if (cursor.Current.Kind == TemplateTokenKind.Name && cursor.Next.Is("="))
            {
                string name = cursor.TakeName();
                cursor.Take();
                named.Add((name, Read()));
            }
            else
            {
                positional.Add(named.Count == 0 ? Read() : throw cursor.Failure("an argument without name stands behind one with a name"));
            }

            if (!cursor.Current.Is(")"))
            {
                cursor.Expect(",");
            }
        }

        return new([.. positional], [.. named]);
    }

    private TemplateExpression ReadFiltersAndTests(TemplateExpression value)
    {
        while (true)
        {
            if (cursor.TryTake("|"))
            {
                value = ReadFilter(value);
            }
            else if (cursor.TryTakeName("is"))
            {
                value = ReadTest(value);
            }
            else if (cursor.Current.Is("("))
            {
                value = new TemplateExpression.Call(value, ReadArguments(), cursor.Current.Line);
            }
            else
            {
                return value;
            }
        }
    }

    private TemplateExpression.Filter ReadFilter(TemplateExpression? value)
    {
        int line = cursor.Current.Line;
        string name = cursor.TakeName();
        return new(value, name, cursor.Current.Is("(") ? ReadArguments() : TemplateCallArguments.None, line);
    }

    private TemplateExpression ReadTest(TemplateExpression value)
    {
        int line = cursor.Current.Line;
        bool negated = cursor.TryTakeName("not");
        string name = cursor.Current.Is("==") ? cursor.Take().Text : cursor.TakeName();
        TemplateCallArguments arguments = TemplateCallArguments.None;
        if (cursor.Current.Is("("))
        {
            arguments = ReadArguments();
        }
        else if (BeginsOperand(cursor.Current))
        {
            arguments = new([ReadPostfix(ReadPrimary())], []);
        }

        TemplateExpression test = new TemplateExpression.Test(value, name, arguments, line);
        return negated ? new TemplateExpression.Unary("not", test, line) : test;
    }

    private static bool BeginsOperand(TemplateToken token) => token.Kind switch
    {
        TemplateTokenKind.Name => Array.IndexOf(ClosingWords, token.Text) < 0,
        TemplateTokenKind.String or TemplateTokenKind.Integer or TemplateTokenKind.Float => true,
        _ => token.Is("[") || token.Is("{"),
    };
}
