using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads the parts that several steps of a <c>tokenizer.json</c> share.</summary>
internal static class PatternJson
{
    /// <summary>Reads a pattern: <c>{"String": …}</c>, <c>{"Regex": …}</c>, or a plain string.</summary>
    /// <param name="part">The pattern.</param>
    /// <returns>The pattern.</returns>
    internal static TextPattern Read(JsonPart part)
    {
        if (part.IsText)
        {
            return new(part.Text(), IsExpression: false);
        }

        return part["Regex"].TextOrNull() is { } expression ? new(expression, IsExpression: true) : new(part["String"].Text(), IsExpression: false);
    }

    /// <summary>Reads a split's behaviour.</summary>
    /// <param name="part">Its name.</param>
    /// <returns>The behaviour.</returns>
    internal static SplitBehavior ReadBehavior(JsonPart part) => part.Text().ToUpperInvariant() switch
    {
        "REMOVED" => SplitBehavior.Removed,
        "ISOLATED" => SplitBehavior.Isolated,
        "MERGEDWITHPREVIOUS" or "MERGED_WITH_PREVIOUS" => SplitBehavior.MergedWithPrevious,
        "MERGEDWITHNEXT" or "MERGED_WITH_NEXT" => SplitBehavior.MergedWithNext,
        "CONTIGUOUS" => SplitBehavior.Contiguous,
        _ => throw Errors.TokenizerConstructUnknown(part.File, "split behaviour", part.Text()),
    };

    /// <summary>Reads a Metaspace step's scheme; files of old versions have <c>add_prefix_space</c> instead.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The scheme.</returns>
    internal static PrependScheme ReadScheme(JsonPart step) => step["prepend_scheme"].TextOrNull() switch
    {
        null => step["add_prefix_space"].Flag(true) ? PrependScheme.Always : PrependScheme.Never,
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        { } other => throw Errors.TokenizerConstructUnknown(step.File, "prepend scheme", other),
    };
}
