using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Vendors;

/// <summary>NVIDIA's <c>trtllm-build</c>: started in a folder of its own, its log passed on line by line, its failures and what it leaves looked at.</summary>
/// <param name="say">Receives each line of its log.</param>
public sealed class TrtllmTool(Action<string> say) : EngineTool
{
    private const string ConfigName = "config.json";

    /// <inheritdoc/>
    public override string Stage => "tensorrt-llm";

    /// <inheritdoc/>
    public override string? Absent(string? path) => TrtllmProbe.Absent(path);

    /// <inheritdoc/>
    public override EngineToolIdentity Identify(string? path) => TrtllmProbe.Ask(path);

    /// <inheritdoc/>
    public override FilePlan Configuration(JsonObject checkpoint, IReadOnlyDictionary<string, string> settings)
    {
        JsonObject config = new TrtllmBuildConfig(checkpoint, TrtllmSettings.ToFlags(settings)).ToJson();
        foreach ((string _, string profiles) in TrtllmSettings.Environment(settings))
        {
            config["build_config"]!["force_num_profiles"] = int.Parse(profiles, CultureInfo.InvariantCulture);
        }

        return FilePlan.Of(ConfigName, TrtllmBuildConfig.Text(config));
    }

    /// <inheritdoc/>
    internal override ImmutableArray<Diagnostic> Excesses(JsonObject checkpoint, IReadOnlyDictionary<string, string> settings) => [.. new TrtllmBuildConfig(checkpoint, TrtllmSettings.ToFlags(settings)).Excesses()];

    /// <inheritdoc/>
    public override ImmutableArray<Diagnostic> Inspect(CheckpointDirectory checkpoint) => TrtllmCheckpointCheck.Check(checkpoint).Warnings;

    /// <inheritdoc/>
    public override void Build(EngineToolRun run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        JsonObject config;
        using (CheckpointDirectory checkpoint = CheckpointDirectory.Open(run.Checkpoint))
        {
            config = TrtllmCheckpointCheck.Check(checkpoint).Config;
        }

        Start(run, cancellation);
        TrtllmEngineCheck.Check(run.Output, run.Tool.Version, config);
    }

    private void Start(EngineToolRun run, CancellationToken cancellation)
    {
        // Timing caches are written where it runs.
        Directory.CreateDirectory(run.Output);
        var start = new ProcessStartInfo(run.Tool.Path, Arguments(run)) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(run.Output)) };
        foreach ((string name, string value) in TrtllmSettings.Environment(run.Settings))
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw Errors.EngineToolMissing(run.Tool.Path);
        using CancellationTokenRegistration kill = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var failure = new TrtllmFailure();
        void Pass(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { Length: > 0 } text)
            {
                failure.Hear(text);
                say(text);
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
            throw failure.ToError(run.Tool.Path, process.ExitCode);
        }
    }

    private static IEnumerable<string> Arguments(EngineToolRun run) =>
        ((string[])["--checkpoint_dir", run.Checkpoint, "--output_dir", run.Output, "--workers", run.Workers.ToString(CultureInfo.InvariantCulture)])
            .Concat(TrtllmSettings.ToFlags(run.Settings).Arguments);
}
