using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Building;

/// <content>What a build measures of the model before it makes the product.</content>
public sealed partial class EngineBuild
{
    // What is measured is summed with one rounding where the processor can, else with two: products that follow from it are others.
    private string? Arithmetic => (_measured is null && _statistics is null && _automatic is null) || Fma.IsSupported || AdvSimd.IsSupported ? null : "arithmetic without fused multiply-add";

    // Two answers to one question, or a question that nobody asks.
    private Calibrator? Refused(Recipe recipe, string text) =>
        _importance is not null ? throw Errors.ImportanceTwice()
        : recipe.CalibrationStatistics is not null ? throw Errors.StatisticsTwice()
        : recipe.IsTensorRtLlm && !recipe.NeedsStatistics ? throw Errors.NothingToCalibrate(text, recipe.Quantization)
        : null;

    private static void RefuseCuts(Recipe recipe)
    {
        string? cut = !recipe.IncludeWeights.IsEmpty ? nameof(recipe.IncludeWeights) : !recipe.ExcludeWeights.IsEmpty ? nameof(recipe.ExcludeWeights) : null;
        if (cut is not null && recipe is { ImportanceMatrix: null, Calibration: null })
        {
            throw Errors.ImportanceCutForNothing(cut);
        }

        if (!recipe.IncludeWeights.IsEmpty && !recipe.ExcludeWeights.IsEmpty)
        {
            throw Errors.ImportanceCutTwice();
        }
    }

    private Checkpoint Calibrated(ImmutableArray<Adapter> adapters) => Recipe.AdapterMode == AdapterMode.Merge ? Recipe.Merged(Checkpoint, adapters) : Checkpoint;

    private DirectoryPlan PlanWith(CalibrationStatistics? statistics) =>
        Recipe.Apply(Checkpoint, [.. _adapters.Select(a => a.Adapter)], new Measurements(_importance?.Matrix ?? _measured?.Matrix, statistics));

    // Calibrating is nearly all of the work; progress says so.
    private DirectoryPlan Measured(MeasuredStatistics statistics, ref BuilderOptions options, CancellationToken cancellation)
    {
        Action<long, long>? progress = options.Progress;
        options = options with { Progress = progress is null ? null : (done, total) => progress((9 * total) + done, 10 * total) };
        CalibrationStatistics measured = statistics.Measure(MeasuredPath("statistics", ".safetensors"), progress is null ? null : (done, total) => progress(9 * done, 10 * total), cancellation);
        DirectoryPlan plan = PlanWith(measured);
        return Recipe.KeepStages ? plan with { Files = [.. plan.Files, StatisticsFile.Plan("calibration-statistics.safetensors", measured)] } : plan;
    }

    // By what was measured, not by what is made with it: the model, adapters merged in the type that they are merged in, and the text.
    private string? MeasuredPath(string kind, string extension)
    {
        var recipe = new Recipe { Engine = kind, Adapter = Recipe.Adapter, AdapterMode = Recipe.AdapterMode, DType = Recipe.Adapter.IsEmpty ? null : Recipe.DType, Format = Recipe.Format, Plugins = Recipe.Plugins };
        return _hashes.PathOf($"{kind}-{Fingerprint.Of(Checkpoint.Name, recipe, [.. _inputs.Where(i => i.Name != EvaluationInput)])}{extension}");
    }

    private void DisposeMeasuring()
    {
        _importance?.Dispose();
        _measured?.Dispose();
        _statistics?.Dispose();
        _gate?.Dispose();
        _automatic?.Dispose();
    }
}
