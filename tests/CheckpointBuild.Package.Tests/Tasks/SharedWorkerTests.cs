using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Tasks;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>One tool serves all tasks of a node in one build, and ends with it.</summary>
public sealed class SharedWorkerTests : IDisposable
{
    private readonly TaskBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Tasks_of_one_build_ask_one_process_which_ends_with_the_build()
    {
        using (LastingEngine build = new())
        {
            Assert.True(Task(build, "one").Execute());
            int tool = Assert.Single(Tools());
            Assert.True(Task(build, "two").Execute());

            Assert.Equal(tool, Assert.Single(Tools()));
        }

        Assert.Empty(Tools());
    }

    [Fact]
    public async System.Threading.Tasks.Task Tasks_at_the_same_time_take_turns()
    {
        using LastingEngine build = new();
        bool[] built = await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 4).Select(i => System.Threading.Tasks.Task.Run(() => Task(build, $"at-once-{i}").Execute())));

        Assert.All(built, Assert.True);
        Assert.Single(Tools());
    }

    [Fact]
    public void A_failed_request_leaves_the_tool_to_the_next()
    {
        using LastingEngine build = new();
        BuildEngine failing = Task(build, "broken");
        failing.Checkpoints[0].SetMetadata("Quantization", "q9_9");
        Assert.False(failing.Execute());
        int tool = Assert.Single(Tools());

        Assert.True(Task(build, "sound").Execute());
        Assert.Equal(tool, Assert.Single(Tools()));
    }

    [Fact]
    public void A_tool_that_was_killed_between_two_tasks_is_started_again()
    {
        using LastingEngine build = new();
        Assert.True(Task(build, "before").Execute());
        TestProcess.Kill(Assert.Single(Tools()));

        Assert.True(Task(build, "after").Execute());
        Assert.Empty(build.Errors);
    }

    [Fact]
    public void Another_set_of_plug_ins_gets_a_tool_of_its_own()
    {
        using LastingEngine build = new();
        Assert.True(Task(build, "without").Execute());
        BuildEngine with = Task(build, "with");
        with.Plugins = [TaskBench.Bare(Path.Combine(_bench.Root, "no-such-plug-in"))];
        Assert.False(with.Execute());

        Assert.Equal(2, Tools().Length);
    }

    [Fact]
    public void A_relative_path_starts_at_the_folder_of_the_project_that_asks()
    {
        using LastingEngine build = new();
        Assert.True(Task(build, "one").Execute());
        BuildEngine task = Task(build, "two");
        _bench.Write("elsewhere/adapter/adapter_config.json", "no adapter");
        task.ProjectDirectory = Path.Combine(_bench.Root, "elsewhere");
        task.Checkpoints[0].SetMetadata("Adapter", "adapter");

        Assert.False(task.Execute());
        Assert.Contains(Path.Combine("elsewhere", "adapter"), Assert.Single(build.Errors).Message);
    }

    private BuildEngine Task(LastingEngine build, string name)
    {
        BuildEngine task = _bench.Task(TaskBench.Item(RepositoryPaths.DocLlama, ("Quantization", "q8_0"), ("EngineName", name)));
        task.BuildEngine = build;
        task.ToolPath = RepositoryPaths.Tool;
        task.StateDirectory = Path.Combine(_bench.States, name);
        return task;
    }

    // The first request's path tells this test's tools from those of others.
    private int[] Tools() => [.. TestProcess.All().Where(id => TestProcess.CommandLine(id) is var line && line.Contains("ckpt.dll", StringComparison.Ordinal) && line.Contains(_bench.Root, StringComparison.Ordinal))];
}
