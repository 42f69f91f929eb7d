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
    private static readonly string[] Projects = ["CheckpointBuild.Tasks", "CheckpointBuild.Runtime", "CheckpointBuild"];

    private readonly ScratchFolder _scratch = new();
    private readonly Lazy<string> _feed;

    public PackageFeed()
    {
        Version = "1.0.0-test." + DateTime.UtcNow.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        _feed = new Lazy<string>(Pack);
    }

    /// <summary>The version of all packages.</summary>
    public string Version { get; }

    /// <summary>The folder that holds the packages.</summary>
    public string Folder => _feed.Value;

    /// <summary>The package of the tasks.</summary>
    public string TasksPackage => Path.Combine(Folder, $"CheckpointBuild.Tasks.{Version}.nupkg");

    /// <summary>The run's own package cache.</summary>
    public string PackageCache => _scratch.Below("packages");

    public void Dispose() => _scratch.Dispose();

    private string Pack()
    {
        string folder = _scratch.Below("feed");
        var dotnet = new DotNet();
        foreach (string project in Projects)
        {
            dotnet.Run(RepositoryPaths.Root, "pack", Path.Combine("src", project), "-c", "Release", "-v", "q", "-o", folder, $"-p:PackageVersion={Version}").Succeeded();
        }

        return folder;
    }
}
