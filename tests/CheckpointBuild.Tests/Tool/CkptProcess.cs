using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>The tool as a process of its own, with an environment of its own.</summary>
/// <param name="environment">Variables that it gets beside those of the tests; those of the Hub are taken away first.</param>
internal sealed class CkptProcess(params IEnumerable<(string Name, string Value)> environment)
{
    // In its own folder it has what it ships with; beside the tests it would lack what their framework brings.
    private static readonly string Tool = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "CheckpointBuild.Tool", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "ckpt.dll"));
    private static readonly string[] AsNobodyElse = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    private static readonly string[] OfTheUser = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HOME", "HF_HUB_CACHE", "HF_ENDPOINT", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

    /// <summary>The folder that it starts in; null = the tests'.</summary>
    public string? Folder { get; init; }

    // Root may write everywhere: there it runs as nobody.
    private bool AsNobody { get; init; }

    /// <summary>The same tool for a user who may read a folder and not write it.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The tool.</returns>
    public CkptProcess ReadOnly(string folder)
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            return new CkptProcess(environment) { Folder = Folder, AsNobody = !OperatingSystem.IsWindows() };
        }

        foreach (string below in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder).ToArray())
        {
            File.SetUnixFileMode(below, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return this;
    }

    /// <summary>Starts it.</summary>
    /// <param name="arguments">The command line.</param>
    /// <returns>The process; dispose it.</returns>
    public Process Start(params IEnumerable<string> arguments)
    {
        string[] command = [.. AsNobody ? AsNobodyElse : [], "dotnet", Tool, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Folder ?? "" };
        foreach (string name in OfTheUser)
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">The command line.</param>
    /// <returns>What it gave.</returns>
    public Task<CkptResult> RunAsync(params string[] arguments)
    {
        Process process = Start(arguments);
        process.StandardInput.Close();
        return FinishAsync(process, arguments);
    }

    /// <summary>Runs it to its end with a standard input that stays open: a worker's lifeline.</summary>
    /// <param name="arguments">The command line.</param>
    /// <returns>What it gave.</returns>
    public Task<CkptResult> RunWithOpenInputAsync(params string[] arguments) => FinishAsync(Start(arguments), arguments);

    private static async Task<CkptResult> FinishAsync(Process started, string[] arguments)
    {
        using Process process = started;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CkptResult("ckpt " + string.Join(' ', arguments), process.ExitCode, await output, error);
    }
}
