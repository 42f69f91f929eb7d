using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A place in a template's tokens.</summary>
/// <param name="tokens">The tokens.</param>
internal sealed class TokenCursor(List<TemplateToken> tokens)
{
    /// <summary>Expressions and statements may stand this deep in each other.</summary>
    private const int MostDepth = 100;

    private int _at;
    private int _depth;

    /// <summary>The token at the place.</summary>
    internal TemplateToken Current => tokens[_at];

    /// <summary>The token behind it.</summary>
    internal TemplateToken Next => tokens[_at + 1 < tokens.Count ? _at + 1 : _at];

    /// <summary>Takes the token.</summary>
    /// <returns>The token.</returns>
    internal TemplateToken Take()
    {
        TemplateToken token = Current;
        _at += token.Kind == TemplateTokenKind.End ? 0 : 1;
        return token;
    }

    /// <summary>Takes an operator, if it stands there.</summary>
    /// <param name="text">The operator.</param>
    /// <returns>Whether it did.</returns>
    internal bool TryTake(string text)
    {
        bool found = Current.Is(text);
        _at += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes a keyword, if it stands there.</summary>
    /// <param name="text">The keyword.</param>
    /// <returns>Whether it did.</returns>
    internal bool TryTakeName(string text)
    {
        bool found = Current.IsName(text);
        _at += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes an operator that must stand there.</summary>
    /// <param name="text">The operator.</param>
    internal void Expect(string text)
    {
        if (!TryTake(text))
        {
            throw Failure($"'{text}' is missing");
        }
    }

    /// <summary>Takes a keyword that must stand there.</summary>
    /// <param name="text">The keyword.</param>
    internal void ExpectName(string text)
    {
        if (!TryTakeName(text))
        {
            throw Failure($"'{text}' is missing");
        }
    }

    /// <summary>Takes a name that must stand there.</summary>
    /// <returns>The name.</returns>
    internal string TakeName() => Current.Kind == TemplateTokenKind.Name ? Take().Text : throw Failure("a name is missing");

    /// <summary>Takes the end of a statement, which must stand there.</summary>
    internal void ExpectBlockEnd()
    {
        if (Take().Kind != TemplateTokenKind.BlockEnd)
        {
            throw Failure("the statement goes on where it should end");
        }
    }

    /// <summary>Goes one level deeper.</summary>
    internal void Enter()
    {
        if (++_depth > MostDepth)
        {
            throw Failure("nesting this deep is not supported");
        }
    }

    /// <summary>Comes back from a level.</summary>
    internal void Leave() => _depth--;

    /// <summary>What is wrong at the place.</summary>
    /// <param name="what">What is.</param>
    /// <returns>The failure.</returns>
    internal TemplateFailureException Failure(string what) => new(what, Current.Line);
}
