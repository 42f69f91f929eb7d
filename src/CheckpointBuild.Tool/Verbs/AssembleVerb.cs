using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt assemble DIR</c>: checks a set of ranks that were built one by one; ranks that lie in folders of DIR are brought together in it.</summary>
internal sealed class AssembleVerb() : Verb("assemble")
{
    private const string ConfigName = "config.json";

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var directory = new Argument<string>("directory") { Description = "The folder of the ranks, or one whose folders hold some of them each." };
        var command = new Command(Name, "Checks ranks of a TensorRT-LLM checkpoint that were built one by one, and brings them together.") { directory };
        SetAction(command, (parsed, cancellation) => Run(Path.GetFullPath(parsed.GetRequiredValue(directory)), streams, cancellation));
        return command;
    }

    private static void Run(string directory, ToolStreams streams, CancellationToken cancellation)
    {
        string[] folders = [.. (Directory.Exists(directory) ? Directory.EnumerateDirectories(directory) : []).Where(f => File.Exists(Path.Combine(f, ConfigName))).Order(System.StringComparer.Ordinal)];
        bool isApart = !File.Exists(Path.Combine(directory, ConfigName)) && folders.Length > 0;
        var open = new List<CheckpointDirectory>();
        try
        {
            open.AddRange((isApart ? folders : [directory]).Select(CheckpointDirectory.Open));
            if (!open[0].Has(ConfigName))
            {
                throw Errors.FileNotFound(open[0].PathOf(ConfigName));
            }

            var ranks = new RankSet(open);
            foreach (Diagnostic warning in ranks.Check())
            {
                new ConsoleLog(streams.Error).Warn(warning);
            }

            if (isApart)
            {
                FilePlan config = FilePlan.Of(ConfigName, open[0].ReadAll(ConfigName));
                var files = Enumerable.Range(0, ranks.Grid.FileCount).Select(r => FilePlan.CopyOf(RankSet.NameOf(r), ranks.Open(r)));
                IEnumerable<FilePlan> reports = open.SelectMany(d => BuildReport.In(d.Folder)).Where(f => Path.GetFileName(f) != BuildReport.FileName).DistinctBy(Path.GetFileName).Select(f => FilePlan.Of(Path.GetFileName(f), File.ReadAllText(f)));
                new Builder(new BuilderOptions()).Build(new DirectoryPlan([.. files, config, .. reports], []), directory, cancellation);
            }

            streams.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ranks.Grid.FileCount} ranks of {ranks.Architecture} (TP {ranks.Grid.TensorParallel} × PP {ranks.Grid.PipelineParallel}) fit their configuration and each other"));
        }
        finally
        {
            open.ForEach(d => d.Dispose());
        }
    }
}
