using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;
using CheckpointBuild.Vendors;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt verify DIR [--rebuild]</c>: holds a product against its report; with <c>--rebuild</c> builds it again from the recorded recipe and compares bytes.</summary>
internal sealed class VerifyVerb() : Verb("verify")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var directory = new Argument<string>("directory") { Description = "An engine or checkpoint that this tool wrote." };
        var rebuild = new Option<bool>("--rebuild") { Description = "Build again from the recorded recipe and compare bytes." };
        var command = new Command(Name, "Verifies a product against its report.") { directory, rebuild };
        SetAction(command, (parsed, cancellation) =>
        {
            string path = Path.GetFullPath(parsed.GetRequiredValue(directory));
            foreach (BuildReport report in Reports(path))
            {
                Verify(path, report, cancellation);
                streams.Output.WriteLine($"{Count(report.Outputs.Length, "file")} {(report.Outputs.Length == 1 ? "matches its" : "match their")} report (key {report.Key})");
                if (parsed.GetValue(rebuild))
                {
                    Rebuild(path, report, cancellation);
                    streams.Output.WriteLine("built again from the recorded recipe: the same bytes");
                }
            }
        });
        return command;
    }

    // Ranks that were built one by one have a report each, and the last of them is the folder's too.
    private static IEnumerable<BuildReport> Reports(string directory) =>
        BuildReport.In(directory) is { Count: > 0 } paths ? paths.Select(BuildReport.Read).DistinctBy(r => r.Key) : throw Errors.NoReport(directory);

    private static void Verify(string directory, BuildReport report, CancellationToken cancellation)
    {
        if (ProductCheck.FirstFault(directory, report, cancellation) is { } fault)
        {
            throw Errors.ProductWrong(directory, fault);
        }
    }

    // A report may come from anywhere: it names its plug-ins, and only who runs this says where to load them from.
    private static void Rebuild(string directory, BuildReport report, CancellationToken cancellation)
    {
        if (report.Recipe.Plugins.FirstOrDefault(p => !RegisteredPlugins.All.Contains(p)) is { } missing)
        {
            throw Errors.PluginMissing(directory, missing.Name, missing.Sha256);
        }

        string scratch = Path.Combine(Path.GetTempPath(), $"ckpt-verify-{Guid.NewGuid():N}");
        try
        {
            using EngineBuild build = EngineBuild.Open(new CheckpointLocation(report.CheckpointPath) { Name = report.CheckpointName }, report.Recipe, new SourceHashes(null), new ImportanceCalibrator(DecoderOptions.Default), new TrtllmTool(_ => { }));
            BuildReport again = build.Run(scratch, new BuilderOptions { Durability = Durability.Cached }, HashTrust.ReadAgain, cancellation);
            if (report.Outputs.FirstOrDefault(o => !again.Outputs.Contains(o)) is { } differs)
            {
                throw Errors.RebuildDiffers(directory, differs.Path);
            }
        }
        finally
        {
            if (Directory.Exists(scratch))
            {
                Directory.Delete(scratch, recursive: true);
            }
        }
    }
}
