using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Tasks;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.States;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>What is checked before any model is opened.</summary>
public sealed class CheckpointReaderTests : IDisposable
{
    private readonly TaskBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("/models/Llama-3.2-1B", false, "Llama-3.2-1B")]
    [InlineData("/models/tiny.v2/model.safetensors", true, "model")]
    [InlineData("/models/doc-llama/", false, "doc-llama")]
    [InlineData("hf:org/name", false, "name")]
    [InlineData("nuget:Contoso.Models", false, "Contoso.Models")]
    [InlineData("/models/what?is*this", false, "what-is-this")]
    [InlineData("/models/con", false, "con-")]
    [InlineData("/models/Aux.v2", false, "Aux-.v2")]
    [InlineData("/models/console", false, "console")]
    public void The_default_engine_name_is_the_last_segment(string source, bool isFile, string expected) => Assert.Equal(expected, EngineNames.From(source, isFile));

    [Fact]
    public void A_missing_source_is_an_error_that_names_the_path()
    {
        Assert.False(_bench.Task(TaskBench.Item(_bench.Checkpoint + "-gone")).Execute());
        Assert.Equal("CKPT7101", Assert.Single(_bench.ErrorCodes));
        Assert.Contains(_bench.Checkpoint + "-gone", _bench.Engine.Errors.Single().Message);
    }

    [Fact]
    public void The_root_of_a_drive_is_refused()
    {
        Assert.False(_bench.Task(TaskBench.Item(Path.GetPathRoot(_bench.Checkpoint)!)).Execute());
        Assert.Equal("CKPT7102", Assert.Single(_bench.ErrorCodes));
    }

    [Fact]
    public void Two_items_with_one_name_and_folder_are_an_error_that_names_both()
    {
        _bench.Write("other/tiny/config.json", "{}");
        string second = Path.GetFullPath(Path.Combine(_bench.Checkpoint, "..", "..", "other", "tiny"));

        Assert.False(_bench.Task(TaskBench.Item(_bench.Checkpoint), TaskBench.Item(second)).Execute());
        string message = _bench.Engine.Errors.Single(e => e.Code == "CKPT7103").Message!;
        Assert.Contains(_bench.Checkpoint, message);
        Assert.Contains(second, message);
    }

    [Fact]
    public void One_name_in_two_folders_is_no_error()
    {
        Assert.True(_bench.Task(TaskBench.Item(_bench.Checkpoint, ("OutputSubdirectory", "a")), TaskBench.Item(_bench.Checkpoint, ("OutputSubdirectory", "b"))).Execute());
    }

    [Theory]
    [InlineData(".", "tiny")]
    [InlineData("./a//b/", "a/b/tiny")]
    [InlineData("\n      models\n    ", "models/tiny")]
    public void A_folder_is_what_is_left_without_dots_and_white_space(string subdirectory, string expected) =>
        Assert.Equal(expected, Assert.Single(new CheckpointReader(null).Read([TaskBench.Item(_bench.Checkpoint, ("OutputSubdirectory", subdirectory))])).TargetFolder);

    [Fact]
    public void A_lock_is_not_updated_in_locked_mode()
    {
        BuildEngine task = _bench.Task(TaskBench.Item("hf:org/name"));
        task.LockedMode = true;
        task.UpdateLock = true;

        Assert.False(task.Execute());
        Assert.Equal("CKPT7118", Assert.Single(_bench.ErrorCodes));
    }

    [Theory]
    [InlineData("\"Acme.Model/2.0.0\": {", true)]
    [InlineData("\"name\": \"Acme.Model\",\n\"version\": \"[2.0.0, 2.0.0]\"", true)]
    [InlineData("\"Other.Model/2.0.0\": {", false)]
    public void What_restore_chose_of_a_package_that_is_named_without_a_version_is_an_input(string line, bool isAnother)
    {
        CheckpointItem item = Assert.Single(new CheckpointReader(null).Read([TaskBench.Item("nuget:Acme.Model")]));
        string assets = _bench.Write("obj/project.assets.json", "\"Acme.Model/1.0.0\": {\n");
        string before = SourceStamps.Of(item, _bench.Root, "", assets).Text;
        File.WriteAllText(assets, isAnother ? line + "\n" : "\"Acme.Model/1.0.0\": {\n" + line + "\n");

        Assert.Equal(isAnother, before != SourceStamps.Of(item, _bench.Root, "", assets).Text);
    }

    [Fact]
    public void Values_on_lines_of_their_own_are_what_they_say() =>
        Assert.Equal("q8_0", Assert.Single(Assert.Single(new CheckpointReader(null).Read([TaskBench.Item(_bench.Checkpoint, ("Quantization", "\n  q8_0\n"))])).Metadata, m => m.Key == "Quantization").Value);

    [Fact]
    public void A_name_of_which_no_file_system_takes_a_letter_is_refused()
    {
        Assert.False(_bench.Run(("EngineName", "?")));
        Assert.Equal("CKPT7106", Assert.Single(_bench.ErrorCodes));
    }

    [Fact]
    public void A_pattern_stands_for_every_folder_that_holds_a_checkpoint()
    {
        _bench.Write("models/other/model.gguf", "weights");
        _bench.Write("models/notes/readme.md", "no checkpoint");
        BuildEngine task = _bench.Task(TaskBench.Item(EscapedPattern("models/*")));

        Assert.True(task.Execute());
        Assert.Equal(["other", "tiny"], task.Products.Select(p => p.GetMetadata("EngineName")));
    }

    [Fact]
    public void A_pattern_that_matches_nothing_is_refused()
    {
        Assert.False(_bench.Task(TaskBench.Item(EscapedPattern("nothing/*"))).Execute());
        Assert.Equal("CKPT7116", Assert.Single(_bench.ErrorCodes));
    }

    [Fact]
    public void A_configuration_file_stands_for_its_folder()
    {
        BuildEngine task = _bench.Task(TaskBench.Item(Path.Combine(_bench.Checkpoint, "config.json")));

        Assert.True(task.Execute());
        Assert.Equal(_bench.Checkpoint, task.Products.Single().GetMetadata("SourceCheckpoint"));
    }

    [Theory]
    [InlineData("CopyToOutput", "flase", "false")]
    [InlineData("Pack", "yes", "true, false")]
    public void A_switch_that_says_neither_yes_nor_no_is_refused(string name, string value, string expected)
    {
        Assert.False(_bench.Run((name, value)));
        Assert.Equal("CKPT7109", Assert.Single(_bench.ErrorCodes));
        Assert.Contains(expected, _bench.Engine.Errors.Single().Message);
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("a/../../b")]
    [InlineData("/models")]
    public void A_folder_outside_the_output_is_refused(string subdirectory)
    {
        Assert.False(_bench.Run(("OutputSubdirectory", subdirectory)));
        Assert.Equal("CKPT7105", Assert.Single(_bench.ErrorCodes));
    }

    [Theory]
    [InlineData("Quantisation", "Quantization")]
    [InlineData("Enigne", "Engine")]
    [InlineData("MaxShardsize2", "MaxShardSize")]
    public void A_slip_in_a_metadata_name_is_a_warning_that_names_the_right_one(string name, string meant)
    {
        Assert.True(_bench.Run((name, "x")));
        Assert.Equal("CKPT7104", Assert.Single(_bench.Engine.Warnings).Code);
        Assert.Contains($"'{meant}'", _bench.Engine.Warnings.Single().Message);
    }

    [Theory]
    [InlineData("Owner")]
    [InlineData("quantization")]
    [InlineData("ContentKey")]
    public void A_name_of_the_users_own_is_silent(string name)
    {
        Assert.True(_bench.Run((name, "x")));
        Assert.Empty(_bench.Engine.Warnings);
    }

    [Theory]
    [InlineData(".")]
    [InlineData(" . ")]
    public void A_name_that_leaves_nothing_for_a_file_is_refused(string name)
    {
        Assert.False(_bench.Run(("EngineName", name)));
        Assert.Equal("CKPT7106", Assert.Single(_bench.ErrorCodes));
    }

    private string EscapedPattern(string pattern) => Path.Combine(_bench.Root, pattern).Replace("*", "%2a", StringComparison.Ordinal);
}
