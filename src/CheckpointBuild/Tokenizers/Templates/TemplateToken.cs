namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="Line">The line that it stands in, from 1.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Line)
{
    /// <summary>Whether it is an operator.</summary>
    /// <param name="text">The operator.</param>
    /// <returns>True when it is.</returns>
    internal bool Is(string text) => Kind == TemplateTokenKind.Operator && Text == text;

    /// <summary>Whether it is a name.</summary>
    /// <param name="text">The name.</param>
    /// <returns>True when it is.</returns>
    internal bool IsName(string text) => Kind == TemplateTokenKind.Name && Text == text;
}
