using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Building;

/// <summary>What a build leaves behind, whatever happens to it.</summary>
public sealed class BuilderTests
{
    private static readonly Recipe Q8 = new() { Engine = "gguf", Quantization = "q8_0" };

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 1000)]
    [InlineData(3, 4096)]
    [InlineData(8, 1 << 20)]
    public void Output_never_depends_on_threads_or_band_size(int workers, int bandBytes)
    {
        using var scratch = new Scratch();
        string checkpoint = new TinyLlama().Write(scratch.PathOf("tiny"));

        byte[] expected = Build(checkpoint, scratch.PathOf("one"), new BuilderOptions { Workers = 1, BandBytes = 1 << 24 });
        byte[] actual = Build(checkpoint, scratch.PathOf("other"), new BuilderOptions { Workers = workers, BandBytes = bandBytes });

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Hash_in_the_report_is_the_file_s_own()
    {
        using var scratch = new Scratch();
        using EngineBuild build = EngineBuild.Open(new TinyLlama().Write(scratch.PathOf("tiny")), Q8, new SourceHashes(null));

        BuildReport report = build.Run(scratch.PathOf("out"), new BuilderOptions { BandBytes = 500, Workers = 3 }, HashTrust.Remembered, TestContext.Current.CancellationToken);

        byte[] file = File.ReadAllBytes(scratch.PathOf("out/tiny.gguf"));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)), report.Outputs.Single().Sha256);
    }

    [Fact]
    public void A_build_that_fails_midway_leaves_the_old_output_and_nothing_else()
    {
        using var scratch = new Scratch();
        string output = scratch.PathOf("out");
        string sound = new TinyLlama().Write(scratch.PathOf("sound/tiny"));
        byte[] before = Build(sound, output, new BuilderOptions());
        string[] names = Directory.GetFiles(output);

        string spoiled = new TinyLlama { Spoil = (name, values) => values[^1] = name.EndsWith("norm.weight", StringComparison.Ordinal) ? values[^1] : float.NaN }.Write(scratch.PathOf("spoiled/tiny"));
        CheckpointException error = Assert.Throws<CheckpointException>(() => Build(spoiled, output, new BuilderOptions()));

        Assert.Equal("CKPT3001", error.Code);
        Assert.Equal(names.Order(), Directory.GetFiles(output).Order());
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(output, "tiny.gguf")));
    }

    [Fact]
    public void A_cancelled_build_leaves_nothing()
    {
        using var scratch = new Scratch();
        using EngineBuild build = EngineBuild.Open(new TinyLlama().Write(scratch.PathOf("tiny")), Q8, new SourceHashes(null));
        using var cancellation = new CancellationTokenSource();
        var options = new BuilderOptions { BandBytes = 256, Progress = (_, _) => cancellation.Cancel() };

        Assert.ThrowsAny<OperationCanceledException>(() => build.Run(scratch.PathOf("out"), options, HashTrust.Remembered, cancellation.Token));

        Assert.Empty(Directory.GetFiles(scratch.PathOf("out")));
    }

    [Fact]
    public void What_a_killed_build_left_is_removed_and_what_a_running_one_writes_is_not()
    {
        const int NobodysProcess = 0x7ffffff;
        using var scratch = new Scratch();
        string output = Directory.CreateDirectory(scratch.PathOf("out")).FullName;
        string abandoned = Path.Combine(output, string.Create(CultureInfo.InvariantCulture, $"tiny.gguf.{NobodysProcess}.0123456789abcdef.tmp"));
        string running = Path.Combine(output, string.Create(CultureInfo.InvariantCulture, $"tiny.gguf.{Environment.ProcessId}.0123456789abcdef.tmp"));
        string foreign = Path.Combine(output, "tiny.gguf.notes.tmp");
        Array.ForEach([abandoned, running, foreign], path => File.WriteAllText(path, "half"));

        Build(new TinyLlama().Write(scratch.PathOf("tiny")), output, new BuilderOptions());

        Assert.False(File.Exists(abandoned));
        Assert.True(File.Exists(running));
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public void A_product_of_several_files_that_cannot_be_put_in_place_to_the_end_says_so()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.PathOf("out/second.txt"));
        var plan = new DirectoryPlan([FilePlan.Of("first.txt", "one"), FilePlan.Of("second.txt", "two")], []);

        CheckpointException error = Assert.Throws<CheckpointException>(() => new Builder(new BuilderOptions()).Build(plan, scratch.PathOf("out"), TestContext.Current.CancellationToken));

        Assert.Equal("CKPT4080", error.Code);
        Assert.Equal("one", File.ReadAllText(scratch.PathOf("out/first.txt")));
    }

    [Fact]
    public void Shards_of_an_earlier_build_that_this_one_does_not_write_are_removed()
    {
        using var scratch = new Scratch();
        string checkpoint = new TinyLlama().Write(scratch.PathOf("tiny"));
        Build(checkpoint, scratch.PathOf("out"), new BuilderOptions(), new Recipe { Engine = "huggingface", MaxShardSize = 40_000 });
        Assert.True(Directory.GetFiles(scratch.PathOf("out"), "model-*.safetensors").Length > 1);

        Build(checkpoint, scratch.PathOf("out"), new BuilderOptions(), new Recipe { Engine = "huggingface" });

        Assert.Equal(["model.safetensors"], Directory.GetFiles(scratch.PathOf("out"), "model*").Select(Path.GetFileName));
    }

    [Fact]
    public void Output_on_the_source_is_refused()
    {
        using var scratch = new Scratch();
        string checkpoint = new TinyLlama().Write(scratch.PathOf("tiny"));

        CheckpointException error = Assert.Throws<CheckpointException>(() => Build(checkpoint, checkpoint, new BuilderOptions(), new Recipe { Engine = "huggingface", DType = DType.F32 }));

        Assert.Equal("CKPT7003", error.Code);
    }

    [Fact]
    public void A_product_that_the_disk_cannot_hold_is_refused_before_anything_is_written()
    {
        using var scratch = new Scratch();
        var plan = new DirectoryPlan([new FilePlan("huge.bin", 1L << 60, default, [])], []);

        CheckpointException error = Assert.Throws<CheckpointException>(() => new Builder(new BuilderOptions()).Build(plan, scratch.PathOf("out"), TestContext.Current.CancellationToken));

        Assert.Equal("CKPT4003", error.Code);
        Assert.Empty(Directory.GetFiles(scratch.PathOf("out")));
    }

    private static byte[] Build(string checkpoint, string output, BuilderOptions options, Recipe? recipe = null)
    {
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe ?? Q8, new SourceHashes(null));
        BuildReport report = build.Run(output, options, HashTrust.Remembered, TestContext.Current.CancellationToken);
        return File.ReadAllBytes(Path.Combine(output, report.Outputs[0].Path));
    }
}
