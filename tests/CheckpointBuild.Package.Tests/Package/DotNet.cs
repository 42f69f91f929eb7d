using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>Runs the real <c>dotnet</c> as a developer's clean machine would: English, no resident nodes, one compiler for the whole run, nothing inherited from the build that started the tests.</summary>
public sealed class DotNet
{
    // Far above what a build takes on a busy machine with two cores; a hang must end some day.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly Lock InTheRepository = new();

    private static readonly string[] Inherited = ["MSBUILD", "GITHUB_", "BUILD_", "SYSTEM_", "CHECKPOINTBUILD", "_MSBUILD"];

    private readonly Dictionary<string, string> _environment = new()
    {
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "true",
        ["SharedCompilationId"] = CompilerServer.Name,
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["NUGET_CERT_REVOCATION_MODE"] = "offline",
        ["NuGetAudit"] = "false",
        ["TERM"] = "dumb",
    };

    /// <summary>Sets a variable for every command that follows.</summary>
    public DotNet With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    /// <summary>Runs a command to its end. What runs in the repository itself runs one after another: restores and builds of one tree write the same files.</summary>
    public CommandResult Run(string folder, params string[] arguments)
    {
        using Lock.Scope one = (folder == RepositoryPaths.Root ? InTheRepository : new Lock()).EnterScope();
        using Process process = Start(folder, arguments);
        return Finish(process, string.Join(' ', arguments));
    }

    /// <summary>Runs a command through another program, which is given its own arguments first.</summary>
    public CommandResult RunAs(string[] program, string folder, params string[] arguments)
    {
        ProcessStartInfo start = StartInfo(folder, info =>
        {
            foreach (string argument in program[1..])
            {
                info.ArgumentList.Add(argument);
            }

            foreach (string argument in arguments)
            {
                info.ArgumentList.Add(argument);
            }
        });
        start.FileName = program[0];
        using Process process = Process.Start(start)!;
        return Finish(process, string.Join(' ', arguments));
    }

    /// <summary>Runs a command whose arguments are one line, as a person types them.</summary>
    public CommandResult RunLine(string folder, string arguments)
    {
        using Process process = Process.Start(StartInfo(folder, info => info.Arguments = arguments))!;
        return Finish(process, arguments);
    }

    private static CommandResult Finish(Process process, string command)
    {
        process.StandardInput.Close();
        var output = new StringBuilder();
        Thread error = Read(process.StandardError, output);
        Thread text = Read(process.StandardOutput, output);
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
        }

        text.Join();
        error.Join();
        process.WaitForExit();
        lock (output)
        {
            return new CommandResult(command, process.ExitCode, output.ToString());
        }
    }

    /// <summary>Starts a command and hands it over; its standard streams are redirected.</summary>
    public Process Start(string folder, params string[] arguments) => Process.Start(StartInfo(folder, info =>
    {
        foreach (string argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }
    }))!;

    private ProcessStartInfo StartInfo(string folder, Action<ProcessStartInfo> addArguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        addArguments(start);

        foreach (string name in new List<string>(start.Environment.Keys))
        {
            if (name is "CI" or "TF_BUILD" or "DOTNET_HOST_PATH" || Array.Exists(Inherited, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                start.Environment.Remove(name);
            }
        }

        foreach ((string name, string value) in _environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static Thread Read(System.IO.StreamReader reader, StringBuilder output)
    {
        var thread = new Thread(() =>
        {
            while (reader.ReadLine() is { } line)
            {
                lock (output)
                {
                    output.AppendLine(line);
                }
            }
        });
        thread.Start();
        return thread;
    }
}
