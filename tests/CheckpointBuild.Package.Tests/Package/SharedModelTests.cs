using System;
using System.IO;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>The sample SharedModel: one project packs a model, another consumes it from a feed; and a model that the project's own restore brought.</summary>
public sealed class SharedModelTests(PackageFeed feed) : IDisposable
{
    private const string Id = "Contoso.Models.Writer";
    private readonly StrangerFolder _folder = new(feed);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_that_one_project_packed_is_built_and_run_by_another()
    {
        Assert.NotEmpty(Directory.GetFiles(feed.FolderWithLibraries, "CheckpointBuild.Runtime.*"));
        CopySample("Model", "App");

        _folder.Run("build", "SharedModel/Model", "-t:PackModel").Succeeded();
        CommandResult run = _folder.Run("run", "--project", "SharedModel/App").Succeeded();

        Assert.True(File.Exists(_folder.Below("SharedModel", "feed", $"{Id}.1.2.0.nupkg")));
        Assert.Contains("Reads a file", run.Output, StringComparison.Ordinal);
        Assert.Contains($"\"source\": \"nuget:{Id}\"", File.ReadAllText(_folder.Below("SharedModel", "App", "checkpoints.lock.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_that_the_projects_restore_brought_needs_no_version_and_no_source()
    {
        CopySample("Model");
        _folder.Run("build", "SharedModel/Model", "-t:PackModel").Succeeded();
        _folder.WriteProject("app", null, extra: $"""
            <PropertyGroup><RestoreAdditionalProjectSources>$(MSBuildProjectDirectory)/../SharedModel/feed</RestoreAdditionalProjectSources></PropertyGroup>
            <ItemGroup>
              <PackageDownload Include="{Id}" Version="[1.2.0]" />
              <ModelCheckpoint Include="nuget:{Id}" Engine="gguf" />
            </ItemGroup>
            """);

        _folder.Run("restore", "app").Succeeded();
        Directory.Delete(_folder.Below("SharedModel", "feed"), recursive: true);
        _folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildOffline=true").Succeeded();

        Assert.True(File.Exists(_folder.Engine("app", name: Id)));
    }

    private void CopySample(params string[] projects)
    {
        RepositoryPaths.CopyFolder(Path.Combine(RepositoryPaths.Samples, "SharedModel"), _folder.Below("SharedModel"));
        foreach (string name in projects)
        {
            RepositoryPaths.CopyFolder(Path.Combine(RepositoryPaths.Samples, "SharedModel", name), _folder.Below("SharedModel", name));
            string project = _folder.Below("SharedModel", name, name + ".csproj");
            File.WriteAllText(project, File.ReadAllText(project).Replace("CheckpointBuild.Tasks\" Version=\"1.0.0\"", $"CheckpointBuild.Tasks\" Version=\"{feed.Version}\"", StringComparison.Ordinal)
                .Replace("CheckpointBuild.Runtime\" Version=\"1.0.0\"", $"CheckpointBuild.Runtime\" Version=\"{feed.Version}\"", StringComparison.Ordinal));
        }
    }
}
