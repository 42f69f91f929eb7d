using System;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Why a template could not be read or rendered, before it is known which template it is. Becomes a coded error, or the template's own message, at the edge.</summary>
internal sealed class TemplateFailureException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="line">The line, where it is known; else 0.</param>
    internal TemplateFailureException(string message, int line = 0)
        : base(message) => Line = line;

    /// <summary>The line of the template, or 0.</summary>
    internal int Line { get; init; }

    /// <summary>Whether the template itself raised it, by <c>raise_exception</c>.</summary>
    internal bool IsRaised { get; init; }
}
