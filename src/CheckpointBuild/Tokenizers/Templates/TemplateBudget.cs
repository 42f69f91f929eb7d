namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>What a rendering may use, so that no template can hang or fill the memory.</summary>
internal sealed class TemplateBudget
{
    /// <summary>Expressions and statements that may be carried out.</summary>
    internal const long MostSteps = 10_000_000;

    /// <summary>Characters that may be made, output and texts in between together.</summary>
    internal const long MostCharacters = 64L << 20;

    /// <summary>Calls that may stand in each other.</summary>
    internal const int MostDepth = 150;

    private long _steps;
    private long _characters;

    /// <summary>Counts a step.</summary>
    internal void Step()
    {
        if (++_steps > MostSteps)
        {
            throw new TemplateBudgetException("steps", MostSteps);
        }
    }

    /// <summary>Counts what was made.</summary>
    /// <param name="length">Its characters, or items.</param>
    internal void Make(long length)
    {
        _characters += length;
        if (_characters > MostCharacters)
        {
            throw new TemplateBudgetException("characters", MostCharacters);
        }
    }
}
