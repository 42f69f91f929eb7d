using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;

namespace CheckpointBuild.Vendors;

/// <summary>Finds <c>trtllm-build</c> and asks it, and the GPU's driver, what they are. The tool has no flag for its version; it says it whenever it starts.</summary>
internal static partial class TrtllmProbe
{
    private const string Tool = "trtllm-build";
    private const string Variable = "CHECKPOINTBUILD_TRTLLM_BUILD";
    private const string Driver = "nvidia-smi";
    private const string DriverVariable = "CHECKPOINTBUILD_NVIDIA_SMI";

    private static readonly string[] GpuQuestion = ["--query-gpu=name,compute_cap", "--format=csv,noheader"];

    // Python and its libraries start slowly, on a cold disk very slowly.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Looks whether tool and GPU are there.</summary>
    /// <param name="path">Where the user says that the tool lies; null = variable and search path say it.</param>
    /// <returns>What is absent, or null.</returns>
    public static string? Absent(string? path) => Find(path, Variable, Tool) is null ? $"{Named(path)} is not found"
        : Find(null, DriverVariable, Driver) is not { } driver ? "nvidia-smi is not found"
        : GpuLine().IsMatch(Answer(driver, GpuQuestion)) ? null : "there is no GPU";

    /// <summary>Asks.</summary>
    /// <param name="path">Where the user says that the tool lies; null = variable and search path say it.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="CheckpointException">CKPT3233 when it is not there, CKPT3236 without a version, CKPT3237 without a GPU.</exception>
    public static EngineToolIdentity Ask(string? path)
    {
        string tool = Find(path, Variable, Tool) ?? throw Errors.EngineToolMissing(Named(path));
        string answer = Answer(tool, "--help");
        string version = Banner().Match(answer) is { Success: true } match ? match.Groups["version"].Value : throw Errors.EngineToolVersion(tool, Last(answer));
        (string name, int capability) = Gpu();
        return new EngineToolIdentity(tool, version, name, capability);
    }

    private static string Named(string? path) => path ?? Environment.GetEnvironmentVariable(Variable) ?? Tool;

    private static string? Find(string? path, string variable, string name) =>
        (path ?? Environment.GetEnvironmentVariable(variable)) is { Length: > 0 } named ? File.Exists(named) ? Path.GetFullPath(named) : null : InPath(name);

    private static string? InPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => OperatingSystem.IsWindows() ? [Path.Combine(folder, name + ".exe")] : new[] { Path.Combine(folder, name) })
        .FirstOrDefault(File.Exists);

    private static (string Name, int Capability) Gpu()
    {
        string driver = Find(null, DriverVariable, Driver) ?? throw Errors.NoGpu("nvidia-smi is not found");
        string answer = Answer(driver, GpuQuestion);
        return GpuLine().Match(answer) is { Success: true } match
            ? (match.Groups["name"].Value.Trim(), (int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture) * 10) + int.Parse(match.Groups["minor"].Value, CultureInfo.InvariantCulture))
            : throw Errors.NoGpu($"nvidia-smi says: {Last(answer)}");
    }

    private static string Answer(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using Process process = Process.Start(start)!;
            System.Threading.Tasks.Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                throw Errors.EngineToolVersion(tool, "no answer in five minutes");
            }

            return output.GetAwaiter().GetResult() + "\n" + error.GetAwaiter().GetResult();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw Errors.EngineToolVersion(tool, e.Message);
        }
    }

    private static string Last(string answer) => answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., var last] ? last : "nothing";

    [GeneratedRegex(@"TensorRT-LLM version:\s*(?<version>\d+\.\d+[\w.+-]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Banner();

    [GeneratedRegex(@"^(?<name>[^,\n]+),\s*(?<major>\d{1,2})\.(?<minor>\d)\s*$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex GpuLine();
}
