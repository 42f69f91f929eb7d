using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A statement of a template.</summary>
/// <param name="Line">The line that it stands in.</param>
internal abstract record TemplateStatement(int Line)
{
    /// <summary>Text that is printed as it is.</summary>
    internal sealed record Text(string Content, int Line) : TemplateStatement(Line);

    /// <summary>An expression that is printed.</summary>
    internal sealed record Print(TemplateExpression Value, int Line) : TemplateStatement(Line);

    /// <summary>The first of several branches whose condition holds; a branch without condition always holds.</summary>
    internal sealed record If(ImmutableArray<(TemplateExpression? Condition, ImmutableArray<TemplateStatement> Body)> Branches, int Line) : TemplateStatement(Line);

    /// <summary>A loop.</summary>
    internal sealed record For(ImmutableArray<string> Targets, TemplateExpression Sequence, TemplateExpression? Condition, ImmutableArray<TemplateStatement> Body, ImmutableArray<TemplateStatement> Otherwise, int Line) : TemplateStatement(Line)
    {
        /// <summary>Whether the targets stand in a tuple, so that each item is taken apart.</summary>
        internal bool Unpacks { get; init; }
    }

    /// <summary>An assignment to variables, or to an attribute of a namespace.</summary>
    internal sealed record Set(ImmutableArray<string> Targets, string? Attribute, TemplateExpression Value, int Line) : TemplateStatement(Line);

    /// <summary>An assignment of a block's text, filtered.</summary>
    internal sealed record SetBlock(string Target, string? Attribute, ImmutableArray<TemplateExpression.Filter> Filters, ImmutableArray<TemplateStatement> Body, int Line) : TemplateStatement(Line);

    /// <summary>A macro.</summary>
    internal sealed record Macro(string Name, ImmutableArray<TemplateParameter> Parameters, ImmutableArray<TemplateStatement> Body, int Line) : TemplateStatement(Line);

    /// <summary>A call of a macro that is handed a block as <c>caller</c>.</summary>
    internal sealed record CallBlock(TemplateExpression.Call Call, ImmutableArray<TemplateParameter> Parameters, ImmutableArray<TemplateStatement> Body, int Line) : TemplateStatement(Line);

    /// <summary>A block whose text is filtered.</summary>
    internal sealed record FilterBlock(ImmutableArray<TemplateExpression.Filter> Filters, ImmutableArray<TemplateStatement> Body, int Line) : TemplateStatement(Line);

    /// <summary>A block with variables of its own.</summary>
    internal sealed record With(ImmutableArray<(string Name, TemplateExpression Value)> Variables, ImmutableArray<TemplateStatement> Body, int Line) : TemplateStatement(Line);

    /// <summary>The end of a loop, or of one of its rounds.</summary>
    internal sealed record Leave(bool EndsLoop, int Line) : TemplateStatement(Line);
}
