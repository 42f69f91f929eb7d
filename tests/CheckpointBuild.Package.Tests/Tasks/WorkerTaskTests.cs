using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Tasks;
using Microsoft.Build.Framework;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>The tasks over a tool that does whatever its scene says.</summary>
public sealed class WorkerTaskTests : IDisposable
{
    private readonly TaskBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Execute_gives_a_product_with_what_the_contract_names()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));

        Assert.True(task.Execute());
        ITaskItem product = Assert.Single(task.Products);
        Assert.Equal("tiny", product.GetMetadata("EngineName"));
        Assert.Equal(64, product.GetMetadata("ContentKey").Length);
        Assert.Equal("false", product.GetMetadata("FromStore"));
        Assert.Equal(_bench.Checkpoint, product.GetMetadata("SourceCheckpoint"));
        Assert.True(Directory.Exists(product.ItemSpec));
    }

    [Fact]
    public void Execute_names_every_file_with_its_place_below_the_output()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("OutputSubdirectory", "models")));

        Assert.True(task.Execute());
        Assert.Equal("models/tiny/tiny.gguf", Assert.Single(task.Files).GetMetadata("TargetPath"));
    }

    [Fact]
    public void Execute_again_starts_no_process()
    {
        Assert.True(_bench.Run());
        Assert.True(_bench.Run());
        Assert.Equal(1, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_again_gives_the_same_products()
    {
        BuildEngine first = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        Assert.True(first.Execute());
        BuildEngine second = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        Assert.True(second.Execute());

        Assert.Equal(first.Products.Single().GetMetadata("ContentKey"), second.Products.Single().GetMetadata("ContentKey"));
        Assert.Equal(first.Files.Single().ItemSpec, second.Files.Single().ItemSpec);
    }

    [Fact]
    public void Execute_again_tells_the_store_once_a_day_that_the_engine_is_still_wanted()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        Assert.True(task.Execute());
        string use = _bench.Write("store/v1/uses/" + task.Products.Single().GetMetadata("ContentKey"), "");
        File.SetLastWriteTimeUtc(use, DateTime.UtcNow.AddDays(-3));

        Assert.True(_bench.Run());
        Assert.InRange(File.GetLastWriteTimeUtc(use), DateTime.UtcNow.AddHours(-1), DateTime.UtcNow);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("removed")]
    [InlineData("touched")]
    [InlineData("older")]
    public void Execute_asks_the_tool_when_a_source_file_is(string edit)
    {
        Assert.True(_bench.Run());
        string config = Path.Combine(_bench.Checkpoint, "config.json");
        switch (edit)
        {
            case "changed":
                File.WriteAllText(config, "{ }");
                break;
            case "added":
                File.Copy(config, Path.Combine(_bench.Checkpoint, "added.json"));
                File.SetLastWriteTimeUtc(Path.Combine(_bench.Checkpoint, "added.json"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
                break;
            case "removed":
                File.Delete(config);
                break;
            case "touched":
                File.SetLastWriteTimeUtc(config, File.GetLastWriteTimeUtc(config).AddSeconds(1));
                break;
            default:
                File.SetLastWriteTimeUtc(config, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
                break;
        }

        Assert.True(_bench.Run());
        Assert.Equal(2, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_asks_the_tool_when_the_builder_of_an_engine_that_is_not_ours_changed()
    {
        string builder = _bench.Write("cuda/trtllm-build", "one release");
        (string, string)[] metadata = [("Engine", "tensorrt-llm-engine"), ("TrtllmBuild", builder)];
        Assert.True(_bench.Run(metadata));
        Assert.True(_bench.Run(metadata));
        Assert.Equal(1, _bench.ToolRuns);

        _bench.Write("cuda/trtllm-build", "the next release");

        Assert.True(_bench.Run(metadata));
        Assert.Equal(2, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_asks_the_tool_when_a_file_that_metadata_name_changed()
    {
        string adapter = _bench.Write("adapters/lora/adapter.safetensors", "one");
        Assert.True(_bench.Run(("Adapter", Path.GetDirectoryName(adapter) + "@0.5")));
        File.WriteAllText(adapter, "three");
        Assert.True(_bench.Run(("Adapter", Path.GetDirectoryName(adapter) + "@0.5")));

        Assert.Equal(2, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_takes_relative_paths_from_the_projects_folder()
    {
        string adapter = _bench.Write("adapters/lora/adapter.safetensors", "one");
        Assert.True(Run());
        File.WriteAllText(adapter, "three");
        Assert.True(Run());

        Assert.Equal(2, _bench.ToolRuns);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_bench.Root, "states"), "*.state"));

        bool Run()
        {
            BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("Adapter", "adapters/lora")));
            task.StateDirectory = "states";
            task.StoreDirectory = "store";
            return task.Execute();
        }
    }

    [Fact]
    public void Every_task_may_run_in_a_multithreaded_build()
    {
        Type[] tasks = [.. typeof(WorkerTask).Assembly.GetTypes().Where(t => typeof(ITask).IsAssignableFrom(t) && !t.IsAbstract)];

        Assert.NotEmpty(tasks);
        Assert.All(tasks, task => Assert.Contains(task.CustomAttributes, a => a.AttributeType.FullName == "Microsoft.Build.Framework.MSBuildMultiThreadableTaskAttribute"));
    }

    [Fact]
    public void Execute_looks_through_links_to_the_weights()
    {
        string blob = _bench.Write("blobs/0123", "weights of the hub");
        File.CreateSymbolicLink(Path.Combine(_bench.Checkpoint, "linked.safetensors"), blob);
        Assert.True(_bench.Run());
        File.WriteAllText(blob, "other weights of the hub");
        Assert.True(_bench.Run());

        Assert.Equal(2, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_ends_on_links_that_lead_in_circles()
    {
        Directory.CreateSymbolicLink(Path.Combine(_bench.Checkpoint, "loop"), _bench.Checkpoint);

        Assert.True(_bench.Run());
    }

    [Fact]
    public void Execute_with_options_switched_and_switched_back_gives_each_its_engine()
    {
        string Key(string quantization)
        {
            BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("Quantization", quantization)));
            Assert.True(task.Execute());
            return task.Products.Single().GetMetadata("ContentKey");
        }

        string first = Key("q8_0");
        Assert.NotEqual(first, Key("q4_k_m"));
        Assert.Equal(first, Key("q8_0"));
    }

    [Fact]
    public void Execute_asks_the_tool_when_the_engine_is_gone_from_the_store()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        Assert.True(task.Execute());
        File.Delete(task.Files.Single().ItemSpec);

        Assert.True(_bench.Run());
        Assert.Equal(2, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_with_force_builds_again()
    {
        Assert.True(_bench.Run());
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        task.Force = true;

        Assert.True(task.Execute());
        Assert.Equal("false", task.Products.Single().GetMetadata("FromStore"));
    }

    [Fact]
    public void Execute_starts_the_tool_once_for_all_checkpoints()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint), TaskBench.Item(_bench.Checkpoint, ("EngineName", "other"), ("Quantization", "q8_0")));

        Assert.True(task.Execute());
        Assert.Equal(["tiny", "other"], task.Products.Select(p => p.GetMetadata("EngineName")));
        Assert.Equal(1, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_asks_only_for_the_checkpoint_that_changed()
    {
        Assert.True(_bench.Task(TaskBench.Item(_bench.Checkpoint), TaskBench.Item(_bench.Checkpoint, ("EngineName", "other"))).Execute());
        Assert.True(_bench.Task(TaskBench.Item(_bench.Checkpoint), TaskBench.Item(_bench.Checkpoint, ("EngineName", "other"), ("Quantization", "q8_0"))).Execute());

        string request = File.ReadAllText(Path.Combine(_bench.States, "BuildEngine.request.json"));
        Assert.DoesNotContain("\"tiny\"", request);
        Assert.Contains("\"other\"", request);
    }

    [Fact]
    public void Execute_with_an_output_folder_leaves_the_engine_and_its_report_there()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        task.OutputDirectory = _bench.Output;

        Assert.True(task.Execute());
        Assert.Equal(["build-report.json", "tiny.gguf"], Directory.GetFiles(Path.Combine(_bench.Output, "tiny")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Path.Combine(_bench.Output, "tiny"), task.Products.Single().ItemSpec);
    }

    [Fact]
    public void Products_of_one_task_are_checkpoints_of_the_next()
    {
        BuildEngine first = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("Adapter", "nothing"), ("Color", "blue")));
        Assert.True(first.Execute());
        first.Products.Single().SetMetadata("Quantization", "q8_0");
        var second = new QuantizeModel
        {
            BuildEngine = _bench.Engine,
            Checkpoints = first.Products,
            StateDirectory = _bench.States + "-2",
            StoreDirectory = _bench.Store,
            ToolPath = RepositoryPaths.FakeWorker,
        };

        Assert.True(second.Execute());
        Assert.Empty(_bench.Engine.Warnings);
        ITaskItem product = second.Products.Single();
        Assert.Equal("tiny", product.GetMetadata("EngineName"));
        Assert.Equal("blue", product.GetMetadata("Color"));
        Assert.Equal("", product.GetMetadata("Adapter"));
    }

    [Theory]
    [InlineData(typeof(BuildEngine), "Engine")]
    [InlineData(typeof(ConvertCheckpoint), "Engine")]
    [InlineData(typeof(QuantizeModel), "Quantization")]
    public void Execute_refuses_a_checkpoint_without_what_the_task_is_about(Type type, string metadata)
    {
        var task = (WorkerTask)Activator.CreateInstance(type)!;
        task.BuildEngine = _bench.Engine;
        task.Checkpoints = [TaskBench.Bare(_bench.Checkpoint)];
        task.StateDirectory = _bench.States;
        task.StoreDirectory = _bench.Store;
        task.ToolPath = RepositoryPaths.FakeWorker;

        Assert.False(task.Execute());
        Assert.Equal("CKPT7108", Assert.Single(_bench.ErrorCodes));
        Assert.Contains($"metadata {metadata},", _bench.Engine.Errors.Single().Message);
        Assert.Equal(0, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_yields_the_node_while_it_waits()
    {
        Assert.True(_bench.Run());
        Assert.Equal((1, 1), (_bench.Engine.Yields, _bench.Engine.Reacquires));
    }

    [Fact]
    public void Execute_says_in_one_line_what_was_built()
    {
        Assert.True(_bench.Run());
        Assert.Equal("tiny: 0.0 MB to 0.0 MB, built in 0.5 s", Assert.Single(_bench.Engine.High));
    }

    [Fact]
    public void Execute_when_only_asked_fails_on_a_stale_engine()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        task.FailIfNotIncremental = true;

        Assert.False(task.Execute());
        Assert.Equal("CKPT7115", Assert.Single(_bench.ErrorCodes));
        Assert.Equal(0, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_that_cannot_remember_is_a_coded_error_before_any_work()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        task.StateDirectory = Path.Combine(_bench.Checkpoint, "config.json", "ckpt");

        Assert.False(task.Execute());
        Assert.Equal("CKPT7124", Assert.Single(_bench.ErrorCodes));
        Assert.Equal(0, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_with_an_output_folder_removes_what_the_engine_before_had_and_this_one_has_not()
    {
        BuildEngine first = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        first.OutputDirectory = _bench.Output;
        Assert.True(first.Execute());
        string state = Directory.GetFiles(_bench.States, "*.state").Single();
        File.WriteAllText(state, File.ReadAllText(state).Replace("file\ttiny.gguf", "file\ttiny-00001-of-00002.gguf"));
        File.Move(Path.Combine(_bench.Output, "tiny", "tiny.gguf"), Path.Combine(_bench.Output, "tiny", "tiny-00001-of-00002.gguf"));
        BuildEngine second = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("Quantization", "q8_0")));
        second.OutputDirectory = _bench.Output;

        Assert.True(second.Execute());
        Assert.Equal(["build-report.json", "tiny.gguf"], Directory.GetFiles(Path.Combine(_bench.Output, "tiny")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Execute_after_a_failed_build_still_removes_what_the_engine_before_had()
    {
        BuildEngine first = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        first.OutputDirectory = _bench.Output;
        Assert.True(first.Execute());
        string state = Directory.GetFiles(_bench.States, "*.state").Single();
        File.WriteAllText(state, File.ReadAllText(state).Replace("file\ttiny.gguf", "file\ttiny-00001-of-00002.gguf"));
        File.Move(Path.Combine(_bench.Output, "tiny", "tiny.gguf"), Path.Combine(_bench.Output, "tiny", "tiny-00001-of-00002.gguf"));
        foreach (string scene in new[] { "fail", "crash" })
        {
            BuildEngine failing = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("Engine", scene)));
            failing.OutputDirectory = _bench.Output;
            Assert.False(failing.Execute());
        }

        BuildEngine last = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("Quantization", "q8_0")));
        last.OutputDirectory = _bench.Output;
        Assert.True(last.Execute());
        Assert.Equal(["build-report.json", "tiny.gguf"], Directory.GetFiles(Path.Combine(_bench.Output, "tiny")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(_bench.States, "*.previous"));
    }

    [Fact]
    public void Execute_clears_away_a_state_that_a_killed_build_left_half_written()
    {
        string abandoned = _bench.Write("obj/ckpt/tiny.state.0123456789abcdef", "half");
        File.SetLastWriteTimeUtc(abandoned, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.True(_bench.Run());
        Assert.False(File.Exists(abandoned));
    }
}
