using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Vendors;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>Builds an engine with <c>trtllm-build</c>: the checkpoint and every flag are checked before it is started, its log is passed on, and what it leaves is looked at.</summary>
/// <param name="values">The flags that were typed.</param>
/// <param name="log">Where to write.</param>
internal sealed class TrtllmBuild(IReadOnlyDictionary<string, string> values, ConsoleLog log)
{
    private const string Tool = "trtllm-build";
    private const string Variable = "CHECKPOINTBUILD_TRTLLM_BUILD";

    /// <summary>Checks, and builds unless it is only a trial.</summary>
    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <param name="output">The engine's folder.</param>
    /// <param name="isDryRun">Whether the configuration alone is written.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="CheckpointException">2xxx and 32xx when it cannot be.</exception>
    public void Run(string checkpoint, string output, bool isDryRun, CancellationToken cancellation)
    {
        TrtllmFlags flags = new TrtllmFlags(values).Validated();
        using CheckpointDirectory directory = CheckpointDirectory.Open(checkpoint);
        (JsonObject config, IEnumerable<Diagnostic> warnings) = TrtllmCheckpointCheck.Check(directory);
        JsonObject engine = new TrtllmBuildConfig(config, flags).ToJson();
        foreach (Diagnostic warning in warnings)
        {
            log.Warn(warning);
        }

        if (isDryRun)
        {
            new Builder(new BuilderOptions()).Build(new DirectoryPlan([FilePlan.Of("config.json", TrtllmBuildConfig.Text(engine))], []), output, cancellation);
            log.Say($"{Path.Combine(output, "config.json")}  a trial: nothing was built");
            return;
        }

        string tool = Find() ?? throw Errors.EngineToolMissing(Tool);
        Start(tool, checkpoint, output, cancellation);
        RefuseIncomplete(output, config);
    }

    private static string? Find() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? File.Exists(named) ? named : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, Tool)).FirstOrDefault(File.Exists);

    private void Start(string tool, string checkpoint, string output, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(tool) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])["--checkpoint_dir", checkpoint, "--output_dir", output, .. values.SelectMany(v => v.Value == "true" ? [v.Key] : new[] { v.Key, v.Value })])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start) ?? throw Errors.EngineToolMissing(tool);
        using CancellationTokenRegistration kill = cancellation.Register(() => process.Kill(entireProcessTree: true));
        string last = "";
        void Pass(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { Length: > 0 } text)
            {
                last = text;
                log.Say(text);
            }
        }

        process.OutputDataReceived += Pass;
        process.ErrorDataReceived += Pass;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw Errors.EngineToolFailed(tool, process.ExitCode, last);
        }
    }

    private static void RefuseIncomplete(string output, JsonObject config)
    {
        int ranks = config["mapping"]?["world_size"] is JsonValue value && value.TryGetValue(out int size) ? size : RankGrid.Single.WorldSize;
        IEnumerable<string> needed = Enumerable.Range(0, ranks).Select(r => string.Create(CultureInfo.InvariantCulture, $"rank{r}.engine")).Prepend("config.json");
        if (needed.FirstOrDefault(file => !File.Exists(Path.Combine(output, file))) is { } missing)
        {
            throw Errors.EngineIncomplete(output, missing);
        }
    }
}
