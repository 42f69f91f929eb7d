using System;
using System.IO;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>After each edit the output holds what a build from scratch would give, and nothing is made that was there.</summary>
public sealed class EditTests(EditTests.Edits edits) : IClassFixture<EditTests.Edits>
{
    [Fact]
    public void Other_options_give_another_engine() => Assert.NotEqual(edits.Eight, edits.Sixteen);

    [Fact]
    public void Options_switched_back_give_the_first_engine_from_the_store()
    {
        Assert.Equal(edits.Eight, edits.EightAgain);
        Assert.Contains("from the store", edits.SwitchBack.Result.Output);
    }

    [Fact]
    public void A_touched_file_gives_the_same_engine_without_a_copy()
    {
        Assert.Equal(edits.Eight, edits.AfterTouch);
        Assert.Contains("from the store", edits.Touch.Result.Output);
        Assert.Equal(0, edits.Touch.EngineCopies);
    }

    [Fact]
    public void A_changed_shard_gives_another_engine() => Assert.NotEqual(edits.Eight, edits.AfterChange);

    [Fact]
    public void A_renamed_engine_takes_the_place_of_the_old_one() => Assert.Equal(["second.gguf"], edits.AfterRename);

    [Fact]
    public void An_engine_whose_item_is_gone_leaves_the_output() => Assert.Empty(edits.AfterRemoval);

    [Fact]
    public void Clean_removes_the_engine_without_asking_for_its_checkpoint()
    {
        edits.Clean.Succeeded();
        Assert.Empty(edits.Folder.Engines("app"));
        Assert.False(Directory.Exists(edits.Folder.Below("app", "bin", "Debug", "net10.0", "models")));
    }

    [Fact]
    public void Clean_leaves_the_store_alone() => Assert.NotEmpty(edits.Folder.Engines("store"));

    /// <summary>One project on its way through a day of edits.</summary>
    public sealed class Edits : IDisposable
    {
        public Edits(PackageFeed feed)
        {
            Folder = new StrangerFolder(feed);
            Eight = Build("""Quantization="q8_0" """);
            Sixteen = Build("""DType="f16" """);
            Write("""Quantization="q8_0" """);
            SwitchBack = Folder.Record("build", "app");
            EightAgain = StrangerFolder.Sha256(Folder.Engine("app"));

            string config = Path.Combine(Folder.Checkpoint, "config.json");
            File.SetLastWriteTimeUtc(config, File.GetLastWriteTimeUtc(config).AddHours(1));
            Touch = Folder.Record("build", "app");
            AfterTouch = StrangerFolder.Sha256(Folder.Engine("app"));

            ChangeLastWeight();
            AfterChange = Build("""Quantization="q8_0" """);

            Write("""Quantization="q8_0" EngineName="second" """);
            Folder.Run("build", "app").Succeeded();
            AfterRename = EnginesInBin();

            Folder.WriteProject("app", null);
            Folder.Run("build", "app").Succeeded();
            AfterRemoval = EnginesInBin();

            Build("""Quantization="q8_0" """);
            Directory.Delete(Folder.Checkpoint, recursive: true);
            Clean = Folder.Run("clean", "app");
        }

        public StrangerFolder Folder { get; }

        public string Eight { get; }

        public string Sixteen { get; }

        public BuildRecord SwitchBack { get; }

        public string EightAgain { get; }

        public BuildRecord Touch { get; }

        public string AfterTouch { get; }

        public string AfterChange { get; }

        public string?[] AfterRename { get; }

        public string?[] AfterRemoval { get; }

        public CommandResult Clean { get; }

        public void Dispose() => Folder.Dispose();

        private string Build(string options)
        {
            Write(options);
            Folder.Run("build", "app").Succeeded();
            return StrangerFolder.Sha256(Folder.Engine("app"));
        }

        private void Write(string options) => Folder.WriteProject("app", $"""Engine="gguf" {options}""");

        private string?[] EnginesInBin() => [.. Folder.Engines("app", "bin").Select(Path.GetFileName)];

        // One bit of one mantissa: same size, other content.
        private void ChangeLastWeight()
        {
            using FileStream file = File.Open(Path.Combine(Folder.Checkpoint, "model.safetensors"), FileMode.Open);
            file.Seek(-2, SeekOrigin.End);
            int value = file.ReadByte();
            file.Seek(-2, SeekOrigin.End);
            file.WriteByte((byte)(value ^ 1));
        }
    }
}
