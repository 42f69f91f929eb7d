using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;
using CheckpointBuild.Vendors;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>What convert, quantize and build do: one recipe, one checkpoint, one directory.</summary>
internal static class BuildAction
{
    /// <summary>Builds and reports.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="output">The directory.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static void Run(CheckpointLocation checkpoint, Recipe recipe, string output, ToolStreams streams, CancellationToken cancellation) =>
        Run(checkpoint, recipe, new BuildPlace(output, Environment.ProcessorCount), streams, cancellation);

    /// <summary>Builds with a number of threads and reports.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="place">Where it goes, and how many threads build.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static void Run(CheckpointLocation checkpoint, Recipe recipe, BuildPlace place, ToolStreams streams, CancellationToken cancellation)
    {
        recipe = recipe.EngineName is null ? recipe with { EngineName = checkpoint.ProductName } : recipe;
        var hashes = new SourceHashes(Store.DefaultRoot is { } root ? new Store(root).HashFolder : null);
        var log = new ConsoleLog(streams.Error);
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, hashes, new ImportanceCalibrator(DecoderOptions.Default), new TrtllmTool(log.Say));
        ImmutableArray<Diagnostic> before = build.Warnings;
        foreach (Diagnostic warning in before)
        {
            log.Warn(warning);
        }

        BuildReport report = log.WithProgress(build.Checkpoint.Name, progress =>
            build.Run(place.Directory, new BuilderOptions { Progress = progress, Workers = place.Workers }, HashTrust.Remembered, cancellation));
        foreach (Diagnostic warning in report.Warnings.Except(before))
        {
            log.Warn(warning);
        }

        foreach (BuiltFile file in report.Outputs)
        {
            log.Say(string.Create(CultureInfo.InvariantCulture, $"{Path.Combine(place.Directory, file.Path)}  {file.Length:N0} bytes"));
        }

        log.Say(string.Create(CultureInfo.InvariantCulture, $"{build.Checkpoint.Name}: {recipe.Engine}, {report.HashSeconds + report.BuildSeconds:F1} s"));
    }

    /// <summary>Plans and writes the configuration alone.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="output">The directory.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static void WriteConfiguration(CheckpointLocation checkpoint, Recipe recipe, string output, ToolStreams streams, CancellationToken cancellation)
    {
        var log = new ConsoleLog(streams.Error);
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, new SourceHashes(null), new ImportanceCalibrator(DecoderOptions.Default), new TrtllmTool(log.Say));
        foreach (Diagnostic warning in build.Warnings)
        {
            log.Warn(warning);
        }

        new Builder(new BuilderOptions()).Build(new DirectoryPlan([.. build.Plan.Files.Where(f => f.Path == "config.json")], []), output, cancellation);
        log.Say($"{Path.Combine(output, "config.json")}  a configuration alone");
    }
}
