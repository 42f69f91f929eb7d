using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>The sample of plug-ins, built from the packages in a clean cache: four forms of one model become the same engine.</summary>
public sealed partial class CustomFormatTests : IDisposable
{
    // Version of our packages that the samples name.
    private const string WrittenVersion = "1.0.0";

    private readonly StrangerFolder _folder;

    public CustomFormatTests(PackageFeed feed)
    {
        Assert.NotEmpty(Directory.GetFiles(feed.FolderWithLibraries, "CheckpointBuild.1*"));
        _folder = new StrangerFolder(feed);
        string sample = Path.Combine(RepositoryPaths.Samples, "CustomFormat");
        foreach (string file in Directory.GetFiles(sample, "*", SearchOption.AllDirectories))
        {
            string target = _folder.Below("CustomFormat", Path.GetRelativePath(sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
            if (file.EndsWith(".csproj", StringComparison.Ordinal))
            {
                File.WriteAllText(target, OurPackage().Replace(File.ReadAllText(target), "${include}" + feed.Version));
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void App_builds_the_plugins_and_the_same_engine_from_every_form()
    {
        string[] lines = _folder.Run("run", "--project", "CustomFormat/App").Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        string[] texts = [.. lines.Select(l => l.Split(": ")).Where(l => l is ["in-house" or "renamed" or "sqlite" or "tiny", _]).Select(l => l[1])];
        Assert.Equal(4, texts.Length);
        Assert.Single(texts.Distinct());

        CommandResult again = _folder.Run("build", "CustomFormat/App", "-v", "n").Succeeded();
        Assert.DoesNotContain("from the store", again.Output);
        Assert.DoesNotContain("built in", again.Output);

        // A plug-in's bytes are part of what its engines are made from.
        File.AppendAllText(_folder.Below("CustomFormat", "InHouse", "InHouseDialect.cs"), "internal static class Further;\n");
        Assert.Contains("in-house: 0.1 MB to 0.1 MB, built in", _folder.Run("build", "CustomFormat/App").Succeeded().Output);
    }

    [Fact]
    public void Assembly_or_folder_serves_as_the_project_does()
    {
        _folder.Run("build", "CustomFormat/InHouse").Succeeded();
        _folder.WriteProject("ByFile", null, extra: """<ItemGroup><ModelCheckpoint Include="../CustomFormat/models/in-house" Engine="gguf" /><CheckpointBuildPlugin Include="../CustomFormat/InHouse/bin/Debug/net10.0/InHouse.dll" /></ItemGroup>""");
        _folder.WriteProject("ByFolder", null, extra: """<ItemGroup><ModelCheckpoint Include="../CustomFormat/models/in-house" Engine="gguf" /><CheckpointBuildPlugin Include="../CustomFormat/InHouse/bin/Debug/net10.0" /></ItemGroup>""");

        _folder.Run("build", "ByFile").Succeeded();
        _folder.Run("build", "ByFolder").Succeeded();

        Assert.Equal(StrangerFolder.Sha256(_folder.Engine("ByFile", name: "in-house")), StrangerFolder.Sha256(_folder.Engine("ByFolder", name: "in-house")));
    }

    [Fact]
    public void Plugin_that_is_not_there_fails_the_build_by_code()
    {
        _folder.WriteProject("Without", """Engine="gguf" """, extra: """<ItemGroup><CheckpointBuildPlugin Include="nowhere/None.dll" /></ItemGroup>""");

        Assert.Contains("CKPT7200", _folder.Run("build", "Without").Refused().Codes);
    }

    [Fact]
    public void Library_builds_without_MSBuild()
    {
        CommandResult result = _folder.Run("run", "--project", "CustomFormat/Library", "--", "CustomFormat/models/in-house", _folder.Below("out"));

        Assert.Contains("by 'In-house format'", result.Succeeded().Output);
        Assert.Single(_folder.Engines("out"));
    }

    [GeneratedRegex("""(?<include>Include="CheckpointBuild[\w.]*" Version=")""" + WrittenVersion)]
    private static partial Regex OurPackage();
}
