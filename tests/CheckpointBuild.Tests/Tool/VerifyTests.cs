using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary><c>ckpt verify</c>: a product against its report, and against a second build.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task A_product_that_is_as_it_was_built_is_right_and_builds_again_to_the_same_bytes()
    {
        using var scratch = new Scratch();
        await BuildAsync(scratch);

        CkptResult result = await Ckpt.DoneAsync("verify", scratch.PathOf("out"), "--rebuild");

        Assert.Contains("the same bytes", result.Output, StringComparison.Ordinal);
        Assert.Equal(["build-report.json", "tiny.gguf"], Directory.EnumerateFileSystemEntries(scratch.PathOf("out")).Order().Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_changed_byte_is_found()
    {
        using var scratch = new Scratch();
        await BuildAsync(scratch);
        await ChangeLastByteAsync(scratch.PathOf("out/tiny.gguf"));

        await RefusedAsync(scratch, "CKPT7004");
    }

    [Fact]
    public async Task A_changed_source_is_found_by_building_again()
    {
        using var scratch = new Scratch();
        await BuildAsync(scratch);
        await ChangeLastByteAsync(scratch.PathOf("tiny/model.safetensors"));

        await RefusedAsync(scratch, "CKPT7006", "--rebuild");
    }

    [Fact]
    public async Task A_damaged_report_is_named()
    {
        using var scratch = new Scratch();
        await BuildAsync(scratch);
        await File.WriteAllTextAsync(scratch.PathOf("out/build-report.json"), "{}", TestContext.Current.CancellationToken);

        await RefusedAsync(scratch, "CKPT7001");
    }

    [Fact]
    public async Task A_folder_without_a_report_is_named()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.PathOf("out"));

        await RefusedAsync(scratch, "CKPT7005");
    }

    [Theory]
    [InlineData("huggingface")]
    [InlineData("meta")]
    public async Task A_product_over_another_leaves_nothing_of_it(string second)
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("a")), "--to", "huggingface", "--output", scratch.PathOf("mix"));
        string other = new TinyLlama { FeedForward = 128 }.Write(scratch.PathOf("b"));

        await Ckpt.DoneAsync("convert", other, "--to", second, "--max-shard-size", "20KB", "--output", scratch.PathOf("mix"));

        Assert.False(File.Exists(scratch.PathOf("mix/model.safetensors")));
        await Ckpt.DoneAsync("diff", scratch.PathOf("mix"), other);
    }

    private static Task<CkptResult> BuildAsync(Scratch scratch) =>
        Ckpt.DoneAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "gguf", "--quantization", "q8_0", "--output", scratch.PathOf("out"));

    private static async Task ChangeLastByteAsync(string path)
    {
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
    }

    private static async Task RefusedAsync(Scratch scratch, string code, params string[] options)
    {
        CkptResult result = await Ckpt.RunAsync(["verify", scratch.PathOf("out"), .. options]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
    }
}
