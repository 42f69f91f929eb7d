using System;
using System.IO;
using CheckpointBuild.Tasks;
using Microsoft.Build.Utilities;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>Plug-ins on their way through the tasks: into the request, and into what decides whether an engine is up to date.</summary>
public sealed class PluginTests : IDisposable
{
    private readonly TaskBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Execute_hands_the_tool_full_paths()
    {
        Run();
        Assert.Contains("\"plugins\":[" + '"' + _bench.Write("plugin/My.dll", "1").Replace("\\", "\\\\") + "\"]", File.ReadAllText(Path.Combine(_bench.States, "BuildEngine.request.json")));
    }

    [Fact]
    public void Execute_again_starts_no_process()
    {
        Run();
        Run();
        Assert.Equal(1, _bench.ToolRuns);
    }

    [Theory]
    [InlineData("plugin/My.dll")]
    [InlineData("plugin/Needed.dll")]
    [InlineData("plugin/runtimes/any/native/lib.so")]
    public void Execute_asks_the_tool_when_a_file_of_a_plugin_changed(string file)
    {
        Run();
        _bench.Write(file, "longer");
        Run();
        Assert.Equal(2, _bench.ToolRuns);
    }

    private void Run()
    {
        if (!File.Exists(Path.Combine(_bench.Root, "plugin", "My.dll")))
        {
            _bench.Write("plugin/My.dll", "1");
        }

        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        task.Plugins = [new TaskItem("plugin/My.dll")];
        Assert.True(task.Execute());
    }
}
