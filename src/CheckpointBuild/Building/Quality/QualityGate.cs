using System;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Building.Quality;

/// <summary>Measures a finished engine against its source, before it gets its name, and refuses one that loses too much.</summary>
internal sealed class QualityGate : IDisposable
{
    private const int Named = 5;

    private readonly Recipe _recipe;
    private readonly Checkpoint _original;
    private readonly Calibrator _calibrator;
    private readonly EvaluationText _text;

    private QualityGate(Recipe recipe, Checkpoint original, Calibrator calibrator)
    {
        _recipe = recipe;
        _original = original;
        _calibrator = calibrator;
        _text = EvaluationText.Open(original, recipe.EvaluationText!);
    }

    /// <summary>The text.</summary>
    public EvaluationText Text => _text;

    /// <summary>Looks at what a recipe asks; nothing is measured yet.</summary>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="original">The source, adapters merged where they are.</param>
    /// <param name="calibrator">Runs models.</param>
    /// <returns>The gate; null where the recipe has no text to judge on.</returns>
    /// <exception cref="CheckpointException">CKPT3082 for a budget without a text, CKPT3081 without a calibrator, CKPT3086 where the engine cannot be run here, CKPT3085 for a text that is none.</exception>
    public static QualityGate? Open(Recipe recipe, Checkpoint original, Calibrator? calibrator)
    {
        string? budget = recipe.MaxPerplexityIncrease is not null ? nameof(Recipe.MaxPerplexityIncrease) : recipe.MaxKlDivergence is not null ? nameof(Recipe.MaxKlDivergence) : null;
        if (recipe.EvaluationText is null)
        {
            return budget is null ? null : throw Errors.BudgetWithoutText(budget);
        }

        // Ranks of quantized weights are not read back, and an engine of NVIDIA's runs on its GPU alone.
        if (recipe.Engine.StartsWith("tensorrt-llm", StringComparison.Ordinal) && (recipe.Quantization is not null || recipe.Engine != "tensorrt-llm"))
        {
            throw Errors.CannotBeJudged(recipe.Engine, budget ?? nameof(Recipe.EvaluationText));
        }

        return new QualityGate(recipe, original, calibrator ?? throw Errors.NoJudge(recipe.EvaluationText));
    }

    /// <summary>Measures an engine.</summary>
    /// <param name="folder">Where it lies, under its files' final names.</param>
    /// <param name="suggest">Names a better type that is estimated to keep the budgets, or null.</param>
    /// <param name="cancellation">Looked at every few tokens.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="CheckpointException">CKPT3080 when a budget is exceeded, CKPT5014 when a perplexity is no number.</exception>
    public QualityReport Judge(string folder, Func<QualityReport, string?> suggest, CancellationToken cancellation)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(folder);
        Checkpoint product = _recipe.Target.Read(directory);
        using ModelJudge judge = _calibrator.Judge(_original, _text.Ids, cancellation);
        ComparisonResult figures = judge.Compare(product, long.MaxValue, cancellation);
        if (!double.IsFinite(figures.OtherPerplexity))
        {
            throw Errors.PerplexityNotFinite(product.Name);
        }

        var report = new QualityReport(figures)
        {
            MaxPerplexityIncrease = _recipe.MaxPerplexityIncrease,
            MaxKlDivergence = _recipe.MaxKlDivergence,
            WeightErrors = [.. WeightErrors.Of(_original, product, cancellation)],
        };
        return report.IsWithin ? report : throw Errors.OverQualityBudget(_original.Name, QualityFigures.Excess(report), QualityFigures.Worst(report, Named), suggest(report));
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();
}
