using System.Globalization;
using System.IO;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;

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
    public static void Run(CheckpointLocation checkpoint, Recipe recipe, string output, ToolStreams streams, CancellationToken cancellation)
    {
        var hashes = new SourceHashes(Store.DefaultRoot is { } root ? new Store(root).HashFolder : null);
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, hashes, calibrator: new ImportanceCalibrator(DecoderOptions.Default));
        var log = new ConsoleLog(streams.Error);
        foreach (Diagnostic warning in build.Warnings)
        {
            log.Warn(warning);
        }

        BuildReport report = log.WithProgress(build.Checkpoint.Name, progress =>
            build.Run(output, new BuilderOptions { Progress = progress }, HashTrust.Remembered, cancellation));
        foreach (BuiltFile file in report.Outputs)
        {
            log.Say(string.Create(CultureInfo.InvariantCulture, $"{Path.Combine(output, file.Path)}  {file.Length:N0} bytes"));
        }

        log.Say(string.Create(CultureInfo.InvariantCulture, $"{build.Checkpoint.Name}: {recipe.Engine}, {report.HashSeconds + report.BuildSeconds:F1} s"));
    }
}
