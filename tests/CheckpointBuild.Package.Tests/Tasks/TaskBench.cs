using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Tasks;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>A checkpoint of a few bytes, a store, and the tasks over the fake worker.</summary>
public sealed class TaskBench : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public TaskBench()
    {
        _scratch.Write("models/tiny/config.json", "{}");
        _scratch.Write("models/tiny/model.safetensors", "weights");
    }

    public string Root => _scratch.Root;

    public string Checkpoint => _scratch.Below("models", "tiny");

    public string Output => _scratch.Below("out");

    public string States => _scratch.Below("obj", "ckpt");

    public string Store => _scratch.Below("store");

    public RecordingEngine Engine { get; private set; } = new();

    /// <summary>How often the tool was started.</summary>
    public int ToolRuns => File.Exists(Path.Combine(Store, "runs.txt")) ? File.ReadAllLines(Path.Combine(Store, "runs.txt")).Length : 0;

    public string Write(string relativePath, string text) => _scratch.Write(relativePath, text);

    /// <summary>Makes an item; without a word about it, its engine is <c>gguf</c>.</summary>
    public static TaskItem Item(string include, params (string Name, string Value)[] metadata)
    {
        TaskItem item = Bare(include);
        item.SetMetadata("Engine", "gguf");
        foreach ((string name, string value) in metadata)
        {
            item.SetMetadata(name, value);
        }

        return item;
    }

    /// <summary>Makes an item without metadata.</summary>
    public static TaskItem Bare(string include) => new(include);

    /// <summary>Makes the task that every test runs; each time with a log of its own.</summary>
    public BuildEngine Task(params ITaskItem[] checkpoints)
    {
        Engine = new RecordingEngine { ProjectFileOfTaskNode = _scratch.Below("app.csproj") };
        return new BuildEngine
        {
            BuildEngine = Engine,
            Checkpoints = checkpoints,
            StateDirectory = States,
            StoreDirectory = Store,
            ToolPath = RepositoryPaths.FakeWorker,
        };
    }

    /// <summary>Runs <see cref="BuildEngine"/> over the checkpoint with some metadata.</summary>
    public bool Run(params (string Name, string Value)[] metadata) => Task(Item(Checkpoint, metadata)).Execute();

    public IEnumerable<string> ErrorCodes => Engine.Errors.Select(e => e.Code!);

    public void Dispose() => _scratch.Dispose();
}
