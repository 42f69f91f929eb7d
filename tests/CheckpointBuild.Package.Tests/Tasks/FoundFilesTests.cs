using System.IO;
using System.Linq;
using CheckpointBuild.Tasks;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>Files that should not meet, or not ship.</summary>
public sealed class FoundFilesTests
{
    private readonly RecordingEngine _engine = new();

    [Fact]
    public void Different_engines_for_one_place_are_named_once()
    {
        ITaskItem[] files = [Copied('a', "models/m/m.gguf"), Copied('b', "models/m/m.gguf"), Copied('b', "models/M/m.gguf"), Copied('c', "models/n/n.gguf")];

        Assert.True(new FindEngineClashes { BuildEngine = _engine, Files = files }.Execute());
        Assert.Equal("CKPT7132", Assert.Single(_engine.Warnings).Code);
    }

    [Fact]
    public void One_engine_from_two_projects_is_no_clash()
    {
        Assert.True(new FindEngineClashes { BuildEngine = _engine, Files = [Copied('a', "models/m/m.gguf"), Copied('a', "models/m/m.gguf")] }.Execute());
        Assert.Empty(_engine.Warnings);
    }

    [Fact]
    public void A_file_of_a_checkpoint_that_is_published_is_named()
    {
        using var scratch = new ScratchFolder();
        string weights = scratch.Write("models/tiny/model.safetensors", "weights");
        string neighbour = scratch.Write("models/tiny-notes/readme.md", "notes");

        Assert.True(new FindRawCheckpoints { BuildEngine = _engine, Checkpoints = [TaskBench.Item(Path.GetDirectoryName(weights)!)], Files = [new TaskItem(neighbour), new TaskItem(weights)] }.Execute());
        Assert.Equal("CKPT7133", Assert.Single(_engine.Warnings).Code);
        Assert.Contains(weights, _engine.Warnings.Single().Message);
    }

    [Fact]
    public void A_licence_may_travel_with_the_engine()
    {
        using var scratch = new ScratchFolder();
        string licence = scratch.Write("models/tiny/LICENSE.txt", "text");

        Assert.True(new FindRawCheckpoints { BuildEngine = _engine, Checkpoints = [TaskBench.Item(Path.GetDirectoryName(licence)!)], Files = [new TaskItem(licence)] }.Execute());
        Assert.Empty(_engine.Warnings);
    }

    [Fact]
    public void Of_a_checkpoint_that_holds_the_project_the_weights_alone_are_named()
    {
        using var scratch = new ScratchFolder();
        string weights = scratch.Write("app/model.safetensors", "weights");
        string program = scratch.Write("app/obj/app.dll", "code");

        Assert.True(Find(program).Execute());
        Assert.Empty(_engine.Warnings);
        Assert.True(Find(weights).Execute());
        Assert.Single(_engine.Warnings);

        FindRawCheckpoints Find(string file) =>
            new() { BuildEngine = _engine, Checkpoints = [TaskBench.Item(scratch.Below("app"))], ProjectDirectory = scratch.Below("app"), Files = [new TaskItem(file)] };
    }

    private static TaskItem Copied(char key, string target)
    {
        var item = new TaskItem($"/store/v1/{new string(key, 64)}/m.gguf");
        item.SetMetadata("TargetPath", target);
        return item;
    }
}
