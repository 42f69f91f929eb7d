namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>What a token of a template is.</summary>
internal enum TemplateTokenKind
{
    /// <summary>Text between tags.</summary>
    Text,

    /// <summary>The start of a statement, <c>{%</c>.</summary>
    BlockStart,

    /// <summary>The end of a statement, <c>%}</c>.</summary>
    BlockEnd,

    /// <summary>The start of an expression that is printed, <c>{{</c>.</summary>
    PrintStart,

    /// <summary>The end of an expression that is printed, <c>}}</c>.</summary>
    PrintEnd,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A string, escapes resolved.</summary>
    String,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A number with a point or an exponent.</summary>
    Float,

    /// <summary>An operator or bracket.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}
