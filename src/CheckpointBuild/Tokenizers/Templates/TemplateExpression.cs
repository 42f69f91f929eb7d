using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>An expression of a template.</summary>
/// <param name="Line">The line that it stands in.</param>
internal abstract record TemplateExpression(int Line)
{
    /// <summary>A string, number, boolean or none.</summary>
    internal sealed record Constant(object? Value, int Line) : TemplateExpression(Line);

    /// <summary>A variable.</summary>
    internal sealed record Variable(string Name, int Line) : TemplateExpression(Line);

    /// <summary>A list.</summary>
    internal sealed record Items(ImmutableArray<TemplateExpression> Parts, int Line) : TemplateExpression(Line);

    /// <summary>A tuple.</summary>
    internal sealed record Group(ImmutableArray<TemplateExpression> Parts, int Line) : TemplateExpression(Line);

    /// <summary>A dictionary.</summary>
    internal sealed record Pairs(ImmutableArray<(TemplateExpression Key, TemplateExpression Value)> Entries, int Line) : TemplateExpression(Line);

    /// <summary>An attribute: <c>a.b</c>.</summary>
    internal sealed record Attribute(TemplateExpression Owner, string Name, int Line) : TemplateExpression(Line);

    /// <summary>An element: <c>a[b]</c>.</summary>
    internal sealed record Element(TemplateExpression Owner, TemplateExpression Key, int Line) : TemplateExpression(Line);

    /// <summary>A part: <c>a[b:c:d]</c>.</summary>
    internal sealed record Slice(TemplateExpression Owner, TemplateExpression? Start, TemplateExpression? Stop, TemplateExpression? Step, int Line) : TemplateExpression(Line);

    /// <summary>A call: <c>a(b, c=d)</c>.</summary>
    internal sealed record Call(TemplateExpression Function, TemplateCallArguments Arguments, int Line) : TemplateExpression(Line);

    /// <summary>A filter: <c>a | b(c)</c>. Without a value it is applied to a block's text.</summary>
    internal sealed record Filter(TemplateExpression? Value, string Name, TemplateCallArguments Arguments, int Line) : TemplateExpression(Line);

    /// <summary>A test: <c>a is b(c)</c>.</summary>
    internal sealed record Test(TemplateExpression Value, string Name, TemplateCallArguments Arguments, int Line) : TemplateExpression(Line);

    /// <summary>An operator with one operand: <c>not</c>, <c>-</c>, <c>+</c>.</summary>
    internal sealed record Unary(string Operator, TemplateExpression Value, int Line) : TemplateExpression(Line);

    /// <summary>An operator with two operands.</summary>
    internal sealed record Binary(string Operator, TemplateExpression Left, TemplateExpression Right, int Line) : TemplateExpression(Line);

    /// <summary>A chain of comparisons: <c>a &lt; b &lt;= c</c>.</summary>
    internal sealed record Comparison(TemplateExpression First, ImmutableArray<(string Operator, TemplateExpression Value)> Rest, int Line) : TemplateExpression(Line);

    /// <summary>A choice: <c>a if b else c</c>; undefined where there is no else.</summary>
    internal sealed record Choice(TemplateExpression Condition, TemplateExpression Then, TemplateExpression? Otherwise, int Line) : TemplateExpression(Line);
}
