using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.States;

/// <summary>Names, sizes and times of what builds an engine that is not ours: <c>trtllm-build</c>, the program that tells the GPU, and the GPUs themselves where the driver lists them as files.</summary>
internal static class EngineToolStamps
{
    private const string Engine = "tensorrt-llm-engine";
    private const string ToolVariable = "CHECKPOINTBUILD_TRTLLM_BUILD";
    private const string DriverVariable = "CHECKPOINTBUILD_NVIDIA_SMI";
    private const string Gpus = "/proc/driver/nvidia/gpus";

    /// <summary>Looks where the tool of the library would look; starts nothing and opens only the driver's lists.</summary>
    /// <param name="checkpoint">The checkpoint and its metadata.</param>
    /// <param name="folder">The folder that relative paths in metadata start from.</param>
    /// <returns>Lines of the kind <c>tool</c>; empty where the engine is ours.</returns>
    internal static string Of(CheckpointItem checkpoint, string folder)
    {
        if (!Engine.Equals(Metadata(checkpoint, "Engine"), StringComparison.OrdinalIgnoreCase))
        {
            return string.Empty;
        }

        StringBuilder text = new();
        string named = Metadata(checkpoint, "TrtllmBuild");
        Append(text, "trtllm-build", named.Length > 0 ? Path.Combine(folder, named) : Environment.GetEnvironmentVariable(ToolVariable));
        Append(text, "nvidia-smi", Environment.GetEnvironmentVariable(DriverVariable));
        string[] gpus = Directory.Exists(Gpus) ? Directory.GetDirectories(Gpus) : [];
        Array.Sort(gpus, StringComparer.Ordinal);
        foreach (string gpu in gpus)
        {
            text.Append(TabbedLine.Join("tool", "GPU " + Path.GetFileName(gpu), ModelOf(gpu))).Append('\n');
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, string? named)
    {
        FileInfo? file = string.IsNullOrEmpty(named) ? InPath(name) : new FileInfo(Path.GetFullPath(named));
        FileInfo? target = file is { Exists: true } ? LinkTarget.Resolve(file) : null;
        text.Append(target is { Exists: true }
            ? TabbedLine.Join("tool", name, file!.FullName, Number(target.Length), Number(target.LastWriteTimeUtc.Ticks))
            : TabbedLine.Join("tool", name, "not there", string.Empty)).Append('\n');
    }

    private static FileInfo? InPath(string name)
    {
        string program = Path.DirectorySeparatorChar == '\\' ? name + ".exe" : name;
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator))
        {
            // Whatever stands in the variable is the user's: a piece that is no folder's name holds no program.
            if (Path.IsPathRooted(folder) && folder.IndexOfAny(Path.GetInvalidPathChars()) < 0 && new FileInfo(Path.Combine(folder, program)) is { Exists: true } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string ModelOf(string gpu)
    {
        try
        {
            return Array.Find(File.ReadAllLines(Path.Combine(gpu, "information")), line => line.StartsWith("Model:", StringComparison.Ordinal)) ?? string.Empty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private static string Metadata(CheckpointItem checkpoint, string name)
    {
        foreach (KeyValuePair<string, string> pair in checkpoint.Metadata)
        {
            if (pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return pair.Value;
            }
        }

        return string.Empty;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
