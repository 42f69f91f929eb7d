using System;
using System.Diagnostics;
using System.IO;
using CheckpointBuild.Package.Tests.Package;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>Somebody who may read a folder and not write its store: another user where the tests run as root, else ourselves with the right to write taken away.</summary>
internal sealed class OtherUser : IDisposable
{
    private const string Nobody = "65534";

    private readonly StrangerFolder _folder;
    private readonly bool _isRoot = Environment.UserName == "root" && OperatingSystem.IsLinux();

    internal OtherUser(StrangerFolder folder, params string[] projects)
    {
        _folder = folder;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Shell("chmod", "-R", "a+rX", folder.Root);
        Shell("chmod", "-R", _isRoot ? "go-w" : "a-w", folder.Store);
        if (_isRoot)
        {
            Directory.CreateDirectory(folder.Below("home"));
            Shell("chmod", "a+rwX", folder.Root);
            Shell("chown", ["-R", Nobody, folder.Below("home"), .. Array.ConvertAll(projects, p => folder.Below(p))]);
        }
    }

    /// <summary>Runs <c>dotnet</c> as that user.</summary>
    internal CommandResult Run(params string[] arguments)
    {
        if (!_isRoot)
        {
            return _folder.Run(arguments);
        }

        _folder.DotNet.With("HOME", _folder.Below("home")).With("DOTNET_CLI_HOME", _folder.Below("home")).With("TMPDIR", _folder.Below("home")).With("UseSharedCompilation", "false");
        return _folder.DotNet.RunAs(["setpriv", "--reuid=" + Nobody, "--regid=" + Nobody, "--clear-groups", "dotnet"], _folder.Root, arguments);
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            Shell("chmod", "-R", "u+w", _folder.Store);
        }
    }

    private static void Shell(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        process.WaitForExit();
    }
}
