using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Threading;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt restore [PROJECT] [--update]</c>: fetches the models that a project names and writes its lock file, by the project's own target <c>RestoreModelCheckpoints</c>.</summary>
internal sealed class RestoreVerb() : Verb("restore")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var project = new Argument<string>("project") { Description = "A project, or its folder; default: the current folder's.", DefaultValueFactory = _ => "." };
        var update = new Option<bool>("--update") { Description = "Resolve every name anew, and say what changed." };
        var locked = new Option<bool>("--locked") { Description = "Resolve nothing: what the lock file does not name is an error." };
        var offline = new Option<bool>("--offline") { Description = "Do without the network." };
        var command = new Command(Name, "Fetches the models that a project names, and writes checkpoints.lock.json.") { project, update, locked, offline };
        command.Validators.Add(result =>
        {
            if (result.GetValue(update) && result.GetValue(locked))
            {
                result.AddError("--update resolves every name, --locked none: one of them.");
            }
        });
        SetAction(command, (parsed, cancellation) =>
        {
            string path = Find(Path.GetFullPath(parsed.GetRequiredValue(project)));

            // What was not typed is left to the project. Offline its packages are taken as its own restore left them: NuGet would ask its sources.
            int exitCode = Run(
            [
                "msbuild", path, "-nologo", "-v:minimal", "-t:RestoreModelCheckpoints",
                .. parsed.GetValue(update) ? ["-p:CheckpointBuildUpdateLock=true"] : (string[])[],
                .. parsed.GetValue(locked) ? ["-p:CheckpointBuildLockedMode=true"] : (string[])[],
                .. parsed.GetValue(offline) ? ["-p:CheckpointBuildOffline=true"] : (string[])["-restore"],
            ], streams, cancellation);
            if (exitCode != 0)
            {
                throw Errors.ProjectNotRestored(path, exitCode);
            }

            string lockFile = Path.Combine(Path.GetDirectoryName(path)!, CheckpointLock.FileName);
            if (File.Exists(lockFile))
            {
                streams.Output.WriteLine(lockFile);
            }
        });
        return command;
    }

    private static string Find(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }

        string[] projects = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.*proj")] : throw Errors.FileNotFound(path);
        return projects.Length == 1 ? projects[0] : throw Errors.NoProject(path, projects.Length);
    }

    // The build's messages are no result: they go to standard error, as they come.
    private static int Run(IEnumerable<string> arguments, ToolStreams streams, CancellationToken cancellation)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path
            : Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? own : "dotnet";
        var start = new ProcessStartInfo(host, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration ended = cancellation.Register(() => process.Kill(entireProcessTree: true));
        process.StandardInput.Close();
        var gate = new Lock();
        void Pass(string? line)
        {
            if (line is not null)
            {
                lock (gate)
                {
                    streams.Error.WriteLine(line);
                }
            }
        }

        process.OutputDataReceived += (_, e) => Pass(e.Data);
        process.ErrorDataReceived += (_, e) => Pass(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode;
    }
}
