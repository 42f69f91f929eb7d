using System;
using System.IO;
using CheckpointBuild.Tasks;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>What the up-to-date check of the tasks looks at, and where it remembers.</summary>
public sealed class WorkerStateTests : IDisposable
{
    private readonly TaskBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Execute_looks_at_a_named_text_alone_and_not_at_the_files_beside_it()
    {
        string text = _bench.Write("app/eval.txt", "one");
        Assert.True(_bench.Run(("EvaluationText", text)));
        _bench.Write("app/Program.cs", "edited");
        Assert.True(_bench.Run(("EvaluationText", text)));
        Assert.Equal(1, _bench.ToolRuns);

        File.WriteAllText(text, "three");
        Assert.True(_bench.Run(("EvaluationText", text)));
        Assert.Equal(2, _bench.ToolRuns);
    }

    [Theory]
    [InlineData("obj/Debug/net10.0/ckpt/BuildEngine.log")]
    [InlineData("bin/Debug/net10.0/app.dll")]
    [InlineData("Program.cs")]
    [InlineData("lib/lib.csproj")]
    [InlineData("lib/obj/project.assets.json")]
    [InlineData("artifacts/obj/app/app.dll")]
    public void Execute_looks_past_what_builds_and_projects_have_in_a_checkpoint_folder(string file)
    {
        _bench.Write("models/tiny/app.csproj", "<Project />");
        _bench.Write("models/tiny/lib/lib.csproj", "<Project />");
        Assert.True(_bench.Run());
        _bench.Write("models/tiny/" + file, "written by a build");
        Assert.True(_bench.Run());
        Assert.Equal(1, _bench.ToolRuns);

        _bench.Write("models/tiny/original/params.json", "{}");
        Assert.True(_bench.Run());
        Assert.Equal(2, _bench.ToolRuns);
    }

    [Fact]
    public void Execute_of_two_calls_without_a_state_folder_remembers_both()
    {
        for (int i = 0; i < 2; i++)
        {
            Assert.True(Call("a", "q8_0"));
            Assert.True(Call("b", "q4_0"));
            Assert.True(Call(null, "q8_0"));
            Assert.True(Call(null, "q4_0"));
        }

        Assert.Equal(4, _bench.ToolRuns);

        bool Call(string? output, string quantization)
        {
            BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("Quantization", quantization)));
            task.StateDirectory = null;
            task.OutputDirectory = output;
            return task.Execute();
        }
    }
}
