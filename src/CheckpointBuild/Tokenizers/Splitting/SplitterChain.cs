using System;
using System.Collections.Immutable;
using CheckpointBuild.Tokenizers.Patterns;

namespace CheckpointBuild.Tokenizers.Splitting;

/// <summary>Builds the chain of a tokenizer's pre-tokenizer steps.</summary>
internal static class SplitterChain
{
    // Rust's \w, which is wider than Oniguruma's.
    private const string WordPattern = @"[\w\p{Nl}\x{200C}\x{200D}\x{24B6}-\x{24E9}]+|[^\w\p{Nl}\x{200C}\x{200D}\x{24B6}-\x{24E9}\s]+";
    private const string PunctuationPattern = @"[!-/:-@\[-`{-~\p{P}]";

    /// <summary>Builds the chain.</summary>
    /// <param name="steps">The steps, in order.</param>
    /// <param name="last">The link behind them all.</param>
    /// <returns>The first link.</returns>
    internal static Splitter Build(ImmutableArray<PreTokenizerStep> steps, Splitter last)
    {
        Splitter chain = last;
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            chain = Build(steps[i], chain);
        }

        return chain;
    }

    /// <summary>Builds what a byte-level step does before its pieces become bytes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="next">The link that sees them as text still.</param>
    /// <returns>The first link.</returns>
    internal static Splitter BuildBefore(PreTokenizerStep.ByteLevel step, Splitter next)
    {
        Splitter chain = step.UseRegex ? Of(Pattern.Gpt2, SplitBehavior.Isolated, next) : next;
        return step.AddPrefixSpace ? new PrefixSpaceSplitter(chain) : chain;
    }

    private static Splitter Build(PreTokenizerStep step, Splitter next) => step switch
    {
        PreTokenizerStep.Split { Pattern.IsExpression: true } split => new PatternSplitter(Pattern.Parse(split.Pattern.Text), "", split.Behavior, split.Invert, next),
        PreTokenizerStep.Split split => new PatternSplitter(null, split.Pattern.Text, split.Behavior, split.Invert, next),
        PreTokenizerStep.ByteLevel bytes => BuildBefore(bytes, new ByteLetterSplitter(next)),
        PreTokenizerStep.Metaspace metaspace => new MetaspaceSplitter(metaspace, next),
        PreTokenizerStep.Digits digits => Of(@"\p{N}", digits.Individually ? SplitBehavior.Isolated : SplitBehavior.Contiguous, next),
        PreTokenizerStep.Punctuation punctuation => Of(PunctuationPattern, punctuation.Behavior, next),
        PreTokenizerStep.WhitespaceSplit => Of(@"\s", SplitBehavior.Removed, next),
        PreTokenizerStep.Whitespace => new PatternSplitter(Pattern.Parse(WordPattern), "", SplitBehavior.Removed, invert: true, next),
        PreTokenizerStep.Bert => Of(@"\s", SplitBehavior.Removed, Of(PunctuationPattern, SplitBehavior.Isolated, next)),
        PreTokenizerStep.Delimited delimited => new PatternSplitter(null, delimited.Delimiter, SplitBehavior.Removed, invert: false, next),
        _ => throw new ArgumentException($"no such pre-tokenizer step: {step}", nameof(step)),
    };

    private static PatternSplitter Of(string pattern, SplitBehavior behavior, Splitter next) => new(Pattern.Parse(pattern), "", behavior, invert: false, next);
}
