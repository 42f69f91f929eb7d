using System;
using System.IO;
using CheckpointBuild.Tasks.Diagnostics;
using Microsoft.Build.Framework;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>What the tasks say when the file system refuses.</summary>
public sealed class TaskErrorTests : IDisposable
{
    private readonly TaskBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_state_folder_that_cannot_be_made_is_an_error()
    {
        _bench.Write("obj", "a file where the folder should be");

        Assert.False(_bench.Run());
        Assert.Equal("CKPT7124", Assert.Single(_bench.ErrorCodes));
    }

    [Fact]
    public void An_error_links_to_the_heading_of_its_code()
    {
        Assert.False(_bench.Task(TaskBench.Item("/no/such/folder")).Execute());

        BuildErrorEventArgs error = Assert.Single(_bench.Engine.Errors);
        Assert.Equal(DiagnosticLog.Page + "ckpt7101", error.HelpLink);
        Assert.Contains("\n## CKPT7101\n", File.ReadAllText(Path.Combine(RepositoryPaths.Root, CodesPage.File)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_the_Hub_is_answered_with_the_name_to_write() =>
        Assert.Contains("'hf:demo/doc'", TaskErrors.MissingSource("https://huggingface.co/demo/doc/tree/main", "/app/https:/huggingface.co/demo/doc").Message, StringComparison.Ordinal);

    [Fact]
    public void A_tool_that_is_not_there_is_told_with_what_a_task_takes() => Assert.Contains("ToolPath=\"$(CheckpointBuildToolPath)\"", TaskErrors.ToolNotFound("ckpt.dll").Message, StringComparison.Ordinal);

    // The system lists and deletes everything for an administrator, so that these two are held to their words alone.
    [Fact]
    public void A_folder_that_cannot_be_listed_is_named_with_the_reason() => Names(TaskErrors.CannotList("models/tiny", "access denied"), "CKPT7107");

    [Fact]
    public void An_engine_that_cannot_be_deleted_is_named_with_the_reason() => Names(TaskErrors.CannotDelete("models/tiny", "access denied"), "CKPT7123");

    // A volume without space is played in a situation of its own; here are the words.
    [Fact]
    public void A_file_that_has_no_space_is_named_with_what_it_needs()
    {
        TaskDiagnostic diagnostic = TaskErrors.NotEnoughSpace("models/tiny", 5000, 7);

        Assert.Equal("CKPT7125", diagnostic.Code);
        Assert.Contains("5,000 bytes are needed, 7 are free", diagnostic.Message, StringComparison.Ordinal);
    }

    private static void Names(TaskDiagnostic diagnostic, string code)
    {
        Assert.Equal(code, diagnostic.Code);
        Assert.Contains("models/tiny", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains("access denied", diagnostic.Message, StringComparison.Ordinal);
    }
}
