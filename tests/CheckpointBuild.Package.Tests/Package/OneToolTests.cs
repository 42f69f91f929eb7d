using System;
using System.Globalization;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>All projects of a build that share a node share one tool, and none outlives the build.</summary>
public sealed class OneToolTests(PackageFeed feed) : IDisposable
{
    private const int Projects = 3;

    private readonly StrangerFolder _folder = new(feed);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-m:1", 1)]
    [InlineData("-m:2", 2)]
    [InlineData("-mt", 1)]
    public void A_solution_starts_one_tool_for_each_node(string nodes, int most)
    {
        string projects = string.Concat(Enumerable.Range(0, Projects).Select(i => string.Create(CultureInfo.InvariantCulture, $"""<Project Path="app{i}/app{i}.csproj" />""")));
        _folder.Write("All.slnx", $"<Solution>{projects}</Solution>");
        for (int i = 0; i < Projects; i++)
        {
            _folder.WriteProject(string.Create(CultureInfo.InvariantCulture, $"app{i}"), string.Create(CultureInfo.InvariantCulture, $"""Engine="gguf" Quantization="q8_0" EngineName="engine-{i}" """));
        }

        _folder.Run("restore", "All.slnx").Succeeded();
        _folder.TraceHosts();
        _folder.Run("build", "All.slnx", "--no-restore", nodes).Succeeded();

        Assert.InRange(_folder.ToolStarts, 1, most);
        Assert.Equal(Projects, Enumerable.Range(0, Projects).Sum(i => _folder.Engines(string.Create(CultureInfo.InvariantCulture, $"app{i}"), "bin").Length));
        Assert.DoesNotContain(TestProcess.All(), id => TestProcess.CommandLine(id) is var line && line.Contains("ckpt.dll", StringComparison.Ordinal) && line.Contains(_folder.Root, StringComparison.Ordinal));
    }
}
