using System;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Tasks;
using Microsoft.Build.Framework;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>What the tool says, and how it may end.</summary>
public sealed class WorkerConversationTests : IDisposable
{
    // The grace that a cancelled tool gets is 3 s; the rest is room for a busy machine.
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(10);

    private readonly TaskBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void An_error_keeps_code_file_line_column_link_and_text()
    {
        Assert.False(_bench.Run(("Engine", "fail")));
        BuildErrorEventArgs error = Assert.Single(_bench.Engine.Errors);
        Assert.Equal(("CKPT1003", "/models/config.json", 12, 5), (error.Code, error.File, error.LineNumber, error.ColumnNumber));
        Assert.Equal("config.json: broken (found {0}, needed more).", error.Message);
        Assert.Equal("https://example.org/CKPT1003", error.HelpLink);
    }

    [Fact]
    public void A_warning_without_a_file_has_a_line_for_problem_matchers()
    {
        Assert.True(_bench.Run(("Engine", "talk")));
        BuildWarningEventArgs warning = Assert.Single(_bench.Engine.Warnings);
        Assert.Equal(("CKPT3999", 1), (warning.Code, warning.LineNumber));
    }

    [Fact]
    public void Messages_keep_their_importance_tabs_and_line_ends()
    {
        Assert.True(_bench.Run(("Engine", "talk")));
        Assert.Contains("a high\tmessage\nof two lines", _bench.Engine.High);
        Assert.Contains(_bench.Engine.Messages, m => m.Importance == MessageImportance.Low && m.Message == "a low message");
        Assert.Contains(_bench.Engine.Messages, m => m.Importance == MessageImportance.Normal && m.Message == "tiny: 40 % writing");
    }

    [Fact]
    public void Chatter_is_a_low_message()
    {
        Assert.True(_bench.Run(("Engine", "talk")));
        Assert.Contains(_bench.Engine.Messages, m => m.Importance == MessageImportance.Low && m.Message == "chatter of a library");
    }

    [Fact]
    public void A_flood_on_standard_error_is_no_error()
    {
        Assert.True(_bench.Run(("Engine", "flood")));
        Assert.Empty(_bench.Engine.Errors);
    }

    [Theory]
    [InlineData("crash", "CKPT7112")]
    [InlineData("fail-silently", "CKPT7113")]
    [InlineData("nothing", "CKPT7114")]
    public void An_ending_without_sense_is_a_coded_error(string scene, string code)
    {
        Assert.False(_bench.Run(("Engine", scene)));
        Assert.Equal(code, Assert.Single(_bench.ErrorCodes));
    }

    [Fact]
    public void The_error_of_a_dead_tool_tells_its_last_words()
    {
        Assert.False(_bench.Run(("Engine", "crash")));
        Assert.Contains("Out of luck", _bench.Engine.Errors.Single().Message);
        Assert.Contains("134", _bench.Engine.Errors.Single().Message);
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("crash")]
    [InlineData("nothing")]
    public void After_a_failure_nothing_looks_finished(string scene)
    {
        Assert.True(_bench.Run());
        Assert.False(_bench.Run(("Engine", scene)));
        Assert.Empty(Directory.GetFiles(_bench.States, "*.state", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_missing_tool_is_a_coded_error()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        task.ToolPath = Path.Combine(_bench.Store, "ckpt.dll");

        Assert.False(task.Execute());
        Assert.Equal("CKPT7110", Assert.Single(_bench.ErrorCodes));
    }

    [Fact]
    public void A_tool_that_cannot_be_run_is_a_coded_error()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint));
        task.ToolPath = Path.Combine(_bench.Checkpoint, "config.json");

        Assert.False(task.Execute());
        Assert.Equal("CKPT7111", Assert.Single(_bench.ErrorCodes));
    }

    [Theory]
    [InlineData("polite")]
    [InlineData("stubborn")]
    public void A_cancelled_tool_ends_within_seconds(string scene)
    {
        BuildEngine task = _bench.Task(TaskBench.Item(_bench.Checkpoint, ("Engine", scene)));
        _bench.Engine.OnMessage = text =>
        {
            if (text == "waiting")
            {
                task.Cancel();
                task.Cancel();
            }
        };

        long start = Environment.TickCount64;
        Assert.False(task.Execute());
        Assert.True(Environment.TickCount64 - start < CancelLimit.TotalMilliseconds);
        Assert.Empty(_bench.Engine.Errors);
        Assert.False(TestProcess.IsRunning(ToolProcess()));
    }

    [Fact]
    public void A_tool_whose_build_is_gone_ends()
    {
        using var process = new CheckpointBuild.Tasks.Worker.WorkerProcess(
            new CheckpointBuild.Tasks.Worker.ToolCommand(RepositoryPaths.FakeWorker, null).StartInfo(_bench.Write("request.json", $$"""
                { "store": "{{_bench.Store}}", "items": [ { "source": "x", "engineName": "x", "metadata": { "Engine": "lifeline" } } ] }
                """), _bench.Store));
        using var ready = new ManualResetEventSlim();
        var reader = new Thread(() => process.Run((line, _) => ready.Set(), () => false, new CheckpointBuild.Tasks.Worker.CancelSignal()));
        reader.Start();
        Assert.True(ready.Wait(CancelLimit, TestContext.Current.CancellationToken));

        process.CloseLifeline();
        Assert.True(reader.Join(CancelLimit));
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void A_grandchild_that_holds_the_pipes_does_not_hang_the_build()
    {
        bool built = _bench.Run(("Engine", "orphan"));
        string line = _bench.Engine.Messages.Select(m => m.Message!).First(m => m.StartsWith("grandchild "));
        TestProcess.Kill(int.Parse(line["grandchild ".Length..], System.Globalization.CultureInfo.InvariantCulture));

        Assert.True(built);
    }

    [Fact]
    public void The_tool_does_not_inherit_what_points_into_MSBuild()
    {
        Environment.SetEnvironmentVariable("MSBuildSDKsPath", "/somewhere");
        try
        {
            Assert.True(_bench.Run(("Engine", "environment")));
            Assert.DoesNotContain("variable MSBuildSDKsPath", _bench.Engine.High);
            Assert.Contains("variable PATH", _bench.Engine.High);
        }
        finally
        {
            Environment.SetEnvironmentVariable("MSBuildSDKsPath", null);
        }
    }

    [Fact]
    public void An_error_points_at_the_item_that_it_is_about_and_takes_nothing_from_the_others()
    {
        Assert.False(_bench.Task(TaskBench.Item(_bench.Checkpoint, ("Engine", "fail-second")), Second()).Execute());
        BuildErrorEventArgs error = Assert.Single(_bench.Engine.Errors);
        Assert.Equal(("CKPT1003", "/second/app.csproj"), (error.Code, error.File));
        Assert.Equal(["tiny.state"], Directory.GetFiles(_bench.States, "*.state").Select(Path.GetFileName));

        DeclaredItem Second() => new(TaskBench.Item(_bench.Checkpoint, ("EngineName", "second")), "/second/app.csproj");
    }

    [Fact]
    public void The_log_shows_the_equal_command()
    {
        Assert.True(_bench.Run(("Quantization", "q8_0"), ("MaxShardSize", "1 GB"), ("Workers", "2")));
        Assert.Contains(_bench.Engine.Messages, m => m.Message == $"ckpt build {_bench.Checkpoint} --engine gguf --quantization q8_0 --max-shard-size \"1 GB\" --engine-name tiny --output DIR");
    }

    private int ToolProcess() => int.Parse(File.ReadAllLines(Path.Combine(_bench.Store, "runs.txt")).Last(), System.Globalization.CultureInfo.InvariantCulture);
}
