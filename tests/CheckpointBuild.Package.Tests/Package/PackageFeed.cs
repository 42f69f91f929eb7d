using System;
using System.Globalization;
using System.IO;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

[assembly: AssemblyFixture(typeof(PackageFeed))]

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>The packages of this run: packed once when the first test wants them, under a version that no cache has ever seen, beside a package cache of the run's own.</summary>
public sealed class PackageFeed : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly Lazy<string> _tasks;
    private readonly Lazy<string> _libraries;

    public PackageFeed()
    {
        Version = "1.0.0-test." + DateTime.UtcNow.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        _tasks = new Lazy<string>(() => Pack("CheckpointBuild.Tasks"));
        _libraries = new Lazy<string>(() => Pack("CheckpointBuild", "CheckpointBuild.Runtime"));
    }

    /// <summary>The version of all packages.</summary>
    public string Version { get; }

    /// <summary>The folder that holds the package of the tasks.</summary>
    public string Folder => _tasks.Value;

    /// <summary>The same folder, when the libraries' packages lie there too.</summary>
    public string FolderWithLibraries => _libraries.Value;

    /// <summary>The package of the tasks.</summary>
    public string TasksPackage => Path.Combine(Folder, $"CheckpointBuild.Tasks.{Version}.nupkg");

    /// <summary>The run's own package cache.</summary>
    public string PackageCache => _scratch.Below("packages");

    public void Dispose()
    {
        if (_tasks.IsValueCreated || _libraries.IsValueCreated)
        {
            CompilerServer.Stop();
        }

        _scratch.Dispose();
    }

    // One version of the package, and no other property: it changes nothing that is compiled, so nothing is compiled twice.
    // All tests need it; a machine that is busy with other suites gets a second chance.
    private string Pack(params string[] projects)
    {
        string folder = _scratch.Below("feed");
        foreach (string project in projects)
        {
            string[] pack = ["pack", Path.Combine("src", project), "-c", "Release", "-v", "q", "-o", folder, $"-p:PackageVersion={Version}"];
            if (new DotNet().Run(RepositoryPaths.Root, pack).ExitCode != 0)
            {
                new DotNet().Run(RepositoryPaths.Root, pack).Succeeded();
            }
        }

        return folder;
    }
}
