using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>A clean folder of somebody who has never seen our sources: one checkpoint, projects that reference the package, an engine store of its own.</summary>
public sealed class StrangerFolder : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly PackageFeed _feed;
    private readonly string _below;
    private int _logs;

    /// <summary>Makes the folder.</summary>
    /// <param name="feed">The packages.</param>
    /// <param name="below">A folder inside it that everything lies in, with whatever letters its name has; empty for none.</param>
    public StrangerFolder(PackageFeed feed, string below = "")
    {
        _feed = feed;
        _below = below;
        foreach (string name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            Write(name, "<Project />");
        }

        // What other packages a sample needs may come from this machine's own cache; ours has a version that is only in the feed.
        string machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Write("nuget.config", $"""
            <configuration>
              <packageSources><add key="feed" value="{feed.Folder}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{machine}" /></fallbackPackageFolders>
            </configuration>
            """);
        RepositoryPaths.CopyFolder(RepositoryPaths.DocLlama, Below("models", "doc-llama"));
        DotNet = new DotNet().With("NUGET_PACKAGES", feed.PackageCache).With("CheckpointBuildStoreRoot", Store);
    }

    public DotNet DotNet { get; }

    public string Root => _scratch.Below(_below);

    public string Version => _feed.Version;

    public string Checkpoint => Below("models", "doc-llama");

    public string Store => Below("store");

    public string Below(params string[] parts) => _scratch.Below([_below, .. parts]);

    public string Write(string relativePath, string text) => _scratch.Write(Path.Combine(_below, relativePath), text);

    /// <summary>Writes a project that references the package and has one item.</summary>
    /// <param name="name">Its folder and name.</param>
    /// <param name="item">Attributes of the item beside <c>Include</c>; null for no item.</param>
    /// <param name="sdk">Its SDK.</param>
    /// <param name="extra">More of the project file.</param>
    public void WriteProject(string name, string? item, string sdk = "Microsoft.NET.Sdk", string extra = "")
    {
        string checkpoint = item is null ? "" : $"""<ModelCheckpoint Include="../models/doc-llama" {item} />""";
        Write($"{name}/{name}.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="CheckpointBuild.Tasks" Version="{_feed.Version}" PrivateAssets="all" />
                {checkpoint}
              </ItemGroup>
              {extra}
            </Project>
            """);
        if (!File.Exists(Below(name, "Program.cs")))
        {
            Write($"{name}/Program.cs", """System.Console.WriteLine("ran");""");
        }
    }

    /// <summary>Runs <c>dotnet</c> in the folder.</summary>
    public CommandResult Run(params string[] arguments) => DotNet.Run(Root, arguments);

    /// <summary>Runs <c>dotnet</c> with a binary log and reads it.</summary>
    public BuildRecord Record(params string[] arguments)
    {
        string log = Below($"{++_logs}.binlog");
        return new BuildRecord(Run([.. arguments, "-bl:" + log]), log);
    }

    /// <summary>Where a project's engine lies after a build.</summary>
    public string Engine(string project, string configuration = "Debug", string name = "doc-llama") => Below(project, "bin", configuration, "net10.0", "models", name, name + ".gguf");

    /// <summary>Every engine file below a folder.</summary>
    public string[] Engines(params string[] folder) => Directory.Exists(Below(folder)) ? Directory.GetFiles(Below(folder), "*.gguf", SearchOption.AllDirectories) : [];

    /// <summary>Every file below a folder whose name says that it is half written.</summary>
    public string[] Parts(params string[] folder) => Directory.Exists(Below(folder)) ? [.. Directory.GetFiles(Below(folder), ".*.part", SearchOption.AllDirectories)] : [];

    public static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    /// <summary>The host's trace of every .NET process that ran since <see cref="TraceHosts"/>: whether one of them was the packed tool.</summary>
    public bool ToolWasStarted => ToolStarts > 0;

    /// <summary>How many times the packed tool was started since <see cref="TraceHosts"/>: each process tells its arguments once.</summary>
    public int ToolStarts => Directory.GetFiles(Root, "hosts.trace*").Sum(f => File.ReadLines(f).Count(line => line.StartsWith("Launch host:", StringComparison.Ordinal) && line.Contains("ckpt.dll, argc", StringComparison.Ordinal)));

    /// <summary>Lets every .NET process from now on write its arguments to a file.</summary>
    public void TraceHosts()
    {
        foreach (string file in Directory.GetFiles(Root, "hosts.trace*"))
        {
            File.Delete(file);
        }

        foreach (string prefix in new[] { "COREHOST_TRACE", "DOTNET_HOST_TRACE" })
        {
            DotNet.With(prefix, "1").With(prefix + "FILE", Below("hosts.trace")).With(prefix + "_VERBOSITY", "3");
        }
    }

    public void Dispose() => _scratch.Dispose();
}
