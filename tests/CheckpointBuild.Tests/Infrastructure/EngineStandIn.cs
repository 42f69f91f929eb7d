using System;
using System.Linq;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>The recording stand-in for <c>trtllm-build</c> and <c>nvidia-smi</c>, named to this process by the variables that the product reads, until it is disposed.</summary>
internal sealed class EngineStandIn : IDisposable
{
    private const string Project = "CheckpointBuild.EngineStandIn";
    private static readonly string[] Variables = ["CHECKPOINTBUILD_TRTLLM_BUILD", "CHECKPOINTBUILD_NVIDIA_SMI", "STANDIN_VERSION", "STANDIN_GPU", "STANDIN_FAULT"];

    /// <summary>Installs it.</summary>
    public EngineStandIn() => Set(("CHECKPOINTBUILD_TRTLLM_BUILD", Path), ("CHECKPOINTBUILD_NVIDIA_SMI", Path));

    /// <summary>Its program: built beside these tests, from sources that use nothing of the product.</summary>
    public static string Path
    {
        get
        {
            string own = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", Project, own, Project + (OperatingSystem.IsWindows() ? ".exe" : "")));
        }
    }

    /// <summary>Changes what it says of itself, or how it fails.</summary>
    /// <param name="values">Variables and values; null = as usual.</param>
    public static void Set(params (string Name, string? Value)[] values)
    {
        foreach ((string name, string? value) in values.Where(v => Variables.Contains(v.Name)))
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Set([.. Variables.Select(v => (v, (string?)null))]);
}
