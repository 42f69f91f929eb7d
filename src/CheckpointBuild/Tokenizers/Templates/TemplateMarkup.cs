using System;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A text that counts as HTML already, as <c>safe</c> and <c>escape</c> give it: what is added to it by <c>+</c> is escaped. Everything else sees the plain text.</summary>
/// <param name="Text">The text.</param>
internal sealed record TemplateMarkup(string Text)
{
    /// <summary>Takes the mark off a value.</summary>
    /// <param name="value">Any value.</param>
    /// <returns>The text of markup, any other value as it is.</returns>
    internal static object? Plain(object? value) => value is TemplateMarkup markup ? markup.Text : value;

    /// <summary>Escapes a text for HTML.</summary>
    /// <param name="value">A text, or markup, which stays as it is.</param>
    /// <returns>The escaped text.</returns>
    internal static string Escape(object? value) => value is TemplateMarkup markup ? markup.Text : PythonValue.Text(value)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);
}
