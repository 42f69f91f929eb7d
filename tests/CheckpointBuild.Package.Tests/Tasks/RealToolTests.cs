using System;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Package.Tests.Package;
using CheckpointBuild.Tasks;
using Microsoft.Build.Framework;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>The tasks over the tool itself.</summary>
public sealed class RealToolTests : IDisposable
{
    private readonly TaskBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(typeof(BuildEngine), "Engine=gguf Quantization=q8_0 MaxShardSize=4MB Workers=2 Pack=false", "build")]
    [InlineData(typeof(QuantizeModel), "Quantization=q8_0", "quantize")]
    [InlineData(typeof(QuantizeModel), "Engine=gguf Quantization=q8_0 Compatibility=safe", "quantize")]
    [InlineData(typeof(ConvertCheckpoint), "Engine=huggingface", "convert")]
    [InlineData(typeof(ConvertCheckpoint), "Engine=gguf Quantization=q8_0", "build")]
    public void The_logged_command_makes_the_same_files(Type task, string metadata, string verb)
    {
        WorkerTask done = Run(task, RepositoryPaths.DocLlama, metadata);
        string command = _bench.Engine.Messages.Select(m => m.Message!).Single(m => m.StartsWith($"ckpt {verb} ", StringComparison.Ordinal));
        CommandResult replay = new DotNet().RunLine(_bench.Root, $"exec \"{RepositoryPaths.Tool}\" {command["ckpt ".Length..].Replace("DIR", "replayed", StringComparison.Ordinal)}");

        replay.Succeeded();
        Assert.All(done.Files, file =>
        {
            string relative = Path.GetRelativePath(done.Products[0].ItemSpec, file.ItemSpec);
            Assert.Equal(File.ReadAllBytes(file.ItemSpec), File.ReadAllBytes(Path.Combine(_bench.Root, "replayed", relative)));
        });
    }

    [Fact]
    public void A_product_keeps_the_checkpoints_name_through_the_next_task()
    {
        WorkerTask converted = Run(typeof(ConvertCheckpoint), RepositoryPaths.DocLlama, "Engine=huggingface");
        ITaskItem product = converted.Products.Single();
        product.SetMetadata("Quantization", "q8_0");
        WorkerTask quantized = Run(typeof(QuantizeModel), product);

        Assert.Equal("doc-llama.gguf", Path.GetFileName(quantized.Files.Single().ItemSpec));
        Assert.DoesNotContain(product.GetMetadata("ContentKey"), Encoding.Latin1.GetString(File.ReadAllBytes(quantized.Files.Single().ItemSpec)));
    }

    [Theory]
    [InlineData("NoSuchChoice9", null)]
    [InlineData("UseMrope", "CKPT9001")]
    [InlineData("TensorParallel", "CKPT9001")]
    public void What_is_not_offered_is_refused_by_code(string metadata, string? code)
    {
        Assert.Equal(code is null, Task(typeof(BuildEngine), Item(RepositoryPaths.DocLlama, $"Engine=gguf Quantization=q8_0 {metadata}=2")).Execute());
        Assert.Equal(code, _bench.ErrorCodes.SingleOrDefault());
    }

    [Fact]
    public void A_plan_gives_the_key_that_a_build_gives_and_builds_nothing()
    {
        ITaskItem item = Item(RepositoryPaths.DocLlama, "Engine=gguf Quantization=q8_0");
        WorkerTask plan = Task(typeof(BuildEngine), item);
        plan.Plan = true;
        Assert.True(plan.Execute());
        ITaskItem planned = Assert.Single(plan.Products);
        Assert.Equal("false", planned.GetMetadata("FromStore"));
        Assert.Empty(Directory.GetFiles(_bench.States, "*.state"));

        WorkerTask build = Task(typeof(BuildEngine), item);
        Assert.True(build.Execute());
        Assert.Equal(build.Products[0].GetMetadata("ContentKey"), planned.GetMetadata("ContentKey"));
        Assert.Equal(build.Products[0].GetMetadata("Size"), planned.GetMetadata("Size"));
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_read_takes_nothing_from_the_next()
    {
        WorkerTask task = Task(typeof(BuildEngine), TaskBench.Item(_bench.Checkpoint), Item(RepositoryPaths.DocLlama, "Engine=gguf Quantization=q8_0"));

        Assert.False(task.Execute());
        Assert.Single(_bench.Engine.Errors);
        Assert.Equal(["doc-llama.state"], Directory.GetFiles(_bench.States, "*.state").Select(Path.GetFileName));
    }

    private WorkerTask Run(Type type, string checkpoint, string metadata) => Run(type, Item(checkpoint, metadata));

    private WorkerTask Run(Type type, ITaskItem item)
    {
        WorkerTask task = Task(type, item);
        Assert.True(task.Execute(), string.Join('\n', _bench.Engine.Errors.Select(e => e.Code + ": " + e.Message)));
        return task;
    }

    private WorkerTask Task(Type type, params ITaskItem[] items)
    {
        var task = (WorkerTask)Activator.CreateInstance(type)!;
        task.BuildEngine = _bench.Engine;
        task.Checkpoints = items;
        task.StateDirectory = _bench.States;
        task.StoreDirectory = _bench.Store;
        task.ToolPath = RepositoryPaths.Tool;
        return task;
    }

    private static Microsoft.Build.Utilities.TaskItem Item(string checkpoint, string metadata)
    {
        Microsoft.Build.Utilities.TaskItem item = TaskBench.Bare(checkpoint);
        foreach (string[] pair in metadata.Split(' ').Select(p => p.Split('=')))
        {
            item.SetMetadata(pair[0], pair[1]);
        }

        return item;
    }
}
