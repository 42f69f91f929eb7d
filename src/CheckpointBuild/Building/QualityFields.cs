using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Building;

/// <summary>The budgets of an engine's quality under their names.</summary>
internal static class QualityFields
{
    private const double MostIncrease = 10;

    /// <summary>Every one.</summary>
    public static ImmutableArray<RecipeField> All { get; } =
    [
        new("EvaluationText", "A text, in UTF-8, on which the finished engine is measured against its source before it is kept.", (r, v) => r with { EvaluationText = Path.GetFullPath(v) }, r => r.EvaluationText) { InKey = r => r.EvaluationText is null ? null : "given" },
        new("MaxPerplexityIncrease", "The most that the engine's perplexity on EvaluationText may exceed the source's, such as 2%; a worse engine is not kept.", (r, v) => r with { MaxPerplexityIncrease = ParseShare(v) }, r => r.MaxPerplexityIncrease?.ToString("R", CultureInfo.InvariantCulture)),
        new("MaxKlDivergence", "The most that the mean KL divergence from the source on EvaluationText may be, in nats, such as 0.02; a worse engine is not kept.", (r, v) => r with { MaxKlDivergence = ParseNats(v) }, r => r.MaxKlDivergence?.ToString("R", CultureInfo.InvariantCulture)),
    ];

    // Without a percent sign a number from 1 on would be read as a percentage by some and as a factor by others.
    private static double ParseShare(string value)
    {
        bool isPercent = value.TrimEnd().EndsWith('%');
        string digits = isPercent ? value.TrimEnd()[..^1] : value;
        return TryParse(digits, out double number) && (isPercent ? number / 100 <= MostIncrease : number < 1)
            ? isPercent ? (double)((decimal)number / 100) : number
            : throw Errors.UnknownOptionValue("max-perplexity-increase", value, "a budget", ["a share such as 2%, 0.5% or 0.02"]);
    }

    private static double ParseNats(string value) => TryParse(value, out double number) ? number : throw Errors.UnknownOptionValue("max-kl-divergence", value, "a budget", ["nats from 0 on, such as 0.02"]);

    private static bool TryParse(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number) && double.IsFinite(number) && number >= 0;
}
