using System;
using System.Diagnostics;
using System.IO;
using System.Text;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>How the tool is started: through the .NET host for <c>ckpt.dll</c>, by itself for anything else.</summary>
/// <param name="toolPath">Full path of the tool.</param>
/// <param name="host">The .NET host, or null to look for it.</param>
internal sealed class ToolCommand(string toolPath, string? host)
{
    // MSBuild points these at its own folders; a dotnet command that the tool starts would follow them into the wrong SDK.
    private static readonly string[] Disturbing =
    [
        "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBuildLoadMicrosoftTargetsReadOnly", "MSBUILD_EXE_PATH", "_MSBUILDTLENABLED",
    ];

    private readonly bool _isAssembly = toolPath.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);

    /// <summary>The program to start.</summary>
    internal string FileName => _isAssembly ? FindHost() : toolPath;

    /// <summary>Describes the process that works off a request, and others after it until its lifeline breaks.</summary>
    /// <param name="requestPath">The request file.</param>
    /// <param name="folder">The folder that relative paths in metadata start from; one that is not there leaves the process where the build is.</param>
    internal ProcessStartInfo StartInfo(string requestPath, string folder)
    {
        string arguments = "worker --request " + CommandLine.Quote(requestPath) + " --stay";
        ProcessStartInfo start = new()
        {
            FileName = FileName,
            Arguments = _isAssembly ? "exec " + CommandLine.Quote(toolPath) + " " + arguments : arguments,
            WorkingDirectory = Directory.Exists(folder) ? folder : string.Empty,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            StandardErrorEncoding = new UTF8Encoding(false),
        };
        foreach (string name in Disturbing)
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    private string FindHost()
    {
        string? current = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        if (host is { Length: > 0 } && (File.Exists(host) || File.Exists(host + ".exe")))
        {
            return host;
        }

        return current is { Length: > 0 } && File.Exists(current) ? current : "dotnet";
    }
}
