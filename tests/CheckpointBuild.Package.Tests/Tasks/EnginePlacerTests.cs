using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Threading.Tasks;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.Placing;
using CheckpointBuild.Tasks.States;
using CheckpointBuild.Tasks.Worker;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>Engine files in the output: whole and right, or the old ones.</summary>
public sealed class EnginePlacerTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Place_gives_bytes_size_and_time_of_the_store()
    {
        EngineFile file = InStore("new engine");

        Assert.Null(Place(file));
        Assert.Equal("new engine", File.ReadAllText(Target));
        Assert.Equal(File.GetLastWriteTimeUtc(file.FullPath), File.GetLastWriteTimeUtc(Target));
    }

    [Fact]
    public void Place_by_hard_link_moves_nothing_and_leaves_the_store_as_it_is_when_another_engine_follows()
    {
        EngineFile first = InStore("engine one");
        Assert.Null(new EnginePlacer(Record(), new CancelSignal()) { MayLink = true }.Place(first, Target));
        string other = _scratch.Write("store/v1/other/engine.gguf", "engine two");
        var second = new EngineFile("engine.gguf", other, new FileInfo(other).Length, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(other))));
        Assert.Null(new EnginePlacer(Record(), new CancelSignal()) { MayLink = true }.Place(second, Target));

        Assert.Equal("engine one", File.ReadAllText(first.FullPath));
        Assert.Equal("engine two", File.ReadAllText(Target));
        Assert.Equal("engine two", File.ReadAllText(other));
    }

    [Fact]
    public void Place_again_moves_nothing()
    {
        EngineFile file = InStore("engine");
        var placer = new EnginePlacer(Record(), new CancelSignal());
        placer.Place(file, Target);
        placer.Place(file, Target);

        Assert.Equal(1, placer.Placed);
    }

    [Fact]
    public void Place_of_an_older_engine_replaces_a_newer_one()
    {
        EngineFile old = InStore("old engine");
        File.SetLastWriteTimeUtc(old.FullPath, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _scratch.Write("out/engine.gguf", "new engine");

        Assert.Null(Place(old));
        Assert.Equal("old engine", File.ReadAllText(Target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Place_of_another_engine_of_the_same_size_and_time_replaces_the_one_that_lies_there(bool remembered)
    {
        var time = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        EngineFile first = InStore("engine one");
        File.SetLastWriteTimeUtc(first.FullPath, time);
        Assert.Null(Place(first));
        if (!remembered)
        {
            File.Delete(PlacementRecord.PathOf(_scratch.Below("obj")));
        }

        EngineFile second = InStore("engine two");
        File.SetLastWriteTimeUtc(second.FullPath, time);
        Assert.Null(Place(second));
        Assert.Equal("engine two", File.ReadAllText(Target));
    }

    [Fact]
    public void Place_of_two_builds_at_once_gives_both_what_they_asked_for()
    {
        const int Rounds = 50;
        EngineFile file = InStore("engine");
        Directory.CreateDirectory(_scratch.Below("out"));
        for (int i = 0; i < Rounds; i++)
        {
            File.Delete(Target);
            var problems = new TaskDiagnostic?[2];
            Parallel.For(0, problems.Length, n => problems[n] = new EnginePlacer(new PlacementRecord(_scratch.Below($"obj{n}", "placed.txt")), new CancelSignal()).Place(file, Target));

            Assert.All(problems, Assert.Null);
            Assert.Equal("engine", File.ReadAllText(Target));
        }
    }

    [Fact]
    public void Place_leaves_a_reader_of_the_old_engine_its_bytes()
    {
        _scratch.Write("out/engine.gguf", "old engine");
        using var reader = new StreamReader(new FileStream(Target, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

        Assert.Null(Place(InStore("new engine")));
        Assert.Equal("old engine", reader.ReadToEnd());
    }

    [Fact]
    public void Place_of_a_damaged_file_of_the_same_size_leaves_the_old_engine()
    {
        _scratch.Write("out/engine.gguf", "old engine");
        EngineFile file = InStore("new engine");
        File.WriteAllText(file.FullPath, "NEW ENGINE");

        Assert.Equal("CKPT7121", Place(file)!.Code);
        Assert.Equal("old engine", File.ReadAllText(Target));
    }

    [Fact]
    public void Place_of_a_cut_file_leaves_the_old_engine()
    {
        _scratch.Write("out/engine.gguf", "old engine");
        EngineFile file = InStore("new engine");
        File.WriteAllText(file.FullPath, "new");

        Assert.Equal("CKPT7121", Place(file)!.Code);
        Assert.Equal("old engine", File.ReadAllText(Target));
    }

    [Fact]
    public void Place_of_a_file_that_is_gone_says_so()
    {
        EngineFile file = InStore("engine");
        File.Delete(file.FullPath);

        Assert.Equal("CKPT7120", Place(file)!.Code);
    }

    [Fact]
    public void Place_over_a_folder_names_it_and_keeps_it()
    {
        _scratch.Write("out/engine.gguf/kept.txt", "kept");

        TaskDiagnostic? problem = Place(InStore("engine"));
        Assert.Equal("CKPT7122", problem!.Code);
        Assert.Contains(Target, problem.Message);
        Assert.True(File.Exists(_scratch.Below("out", "engine.gguf", "kept.txt")));
    }

    [Fact]
    public void Place_replaces_a_link_and_not_what_it_points_to()
    {
        string elsewhere = _scratch.Write("elsewhere.gguf", "another's engine");
        Directory.CreateDirectory(_scratch.Below("out"));
        File.CreateSymbolicLink(Target, elsewhere);

        Assert.Null(Place(InStore("engine")));
        Assert.Equal("another's engine", File.ReadAllText(elsewhere));
        Assert.Equal("engine", File.ReadAllText(Target));
    }

    [Fact]
    public void Place_removes_what_a_killed_build_left_and_keeps_what_a_running_one_writes()
    {
        const int NobodysProcess = 0x7ffffff;
        string abandoned = _scratch.Write(string.Create(CultureInfo.InvariantCulture, $"out/.0a1b2c3d.{NobodysProcess}.part"), "half");
        string running = _scratch.Write(string.Create(CultureInfo.InvariantCulture, $"out/.0a1b2c3d.{Environment.ProcessId}.part"), "half");

        Assert.Null(Place(InStore("engine")));
        Assert.False(File.Exists(abandoned));
        Assert.True(File.Exists(running));
    }

    [Fact]
    public void Place_when_cancelled_leaves_nothing_behind()
    {
        var cancel = new CancelSignal();
        cancel.Set();

        Assert.Throws<OperationCanceledException>(() => new EnginePlacer(Record(), cancel).Place(InStore("engine"), Target));
        Assert.Empty(Directory.GetFiles(_scratch.Below("out")));
    }

    private string Target => _scratch.Below("out", "engine.gguf");

    private TaskDiagnostic? Place(EngineFile file) 
    {
        PlacementRecord record = Record();
        TaskDiagnostic? problem = new EnginePlacer(record, new CancelSignal()).Place(file, Target);
        record.Write();
        return problem;
    }

    private PlacementRecord Record() => new(PlacementRecord.PathOf(_scratch.Below("obj")));

    private EngineFile InStore(string text)
    {
        string path = _scratch.Write("store/v1/key/engine.gguf", text);
        return new EngineFile("engine.gguf", path, new FileInfo(path).Length, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
    }
}
