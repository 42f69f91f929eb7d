using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Where ranks come from: one model in several ecosystems' forms gives the same ranks.</summary>
public sealed class TensorRtLlmSourceTests
{
    private static readonly string[] TwoRanks = ["--to", "tensorrt-llm", "--dtype", "float16", "--tensor-parallel", "2"];

    [Theory]
    [InlineData("gguf")]
    [InlineData("torchtune")]
    public async Task Another_ecosystem_s_form_of_a_model_gives_its_ranks(string dialect)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { DType = DType.F16, Tied = false }.Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("convert", source, "--to", dialect, "--output", scratch.PathOf("other"));
        string other = dialect == "gguf" ? Directory.GetFiles(scratch.PathOf("other"), "*.gguf").Single() : scratch.PathOf("other");

        await Ckpt.DoneAsync(["convert", source, .. TwoRanks, "--output", scratch.PathOf("right")]);
        await Ckpt.DoneAsync(["convert", other, .. TwoRanks, "--output", scratch.PathOf("out")]);

        await SameAsync(scratch, "right", "out", 2);
    }

    [Fact]
    public async Task A_quantized_gguf_file_is_dequantized()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("build", new TinyLlama { Tied = false }.Write(scratch.PathOf("tiny")), "--engine", "gguf", "--quantization", "q8_0", "--output", scratch.PathOf("gguf"));
        string file = Directory.GetFiles(scratch.PathOf("gguf"), "*.gguf").Single();
        await Ckpt.DoneAsync("convert", file, "--to", "huggingface", "--dtype", "float16", "--output", scratch.PathOf("floats"));

        await Ckpt.DoneAsync(["convert", scratch.PathOf("floats"), .. TwoRanks, "--output", scratch.PathOf("right")]);
        await Ckpt.DoneAsync(["convert", file, .. TwoRanks, "--output", scratch.PathOf("out")]);

        await SameAsync(scratch, "right", "out", 2);
    }

    [Theory]
    [InlineData("4", "1")]
    [InlineData("2", "2")]
    [InlineData("1", "2")]
    public async Task Ranks_are_dealt_out_anew(string tensorParallel, string pipelineParallel)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { Biases = true, Configure = c => c["mlp_bias"] = false, Tied = false }.Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--dtype", "float16", "--tensor-parallel", tensorParallel, "--pipeline-parallel", pipelineParallel, "--output", scratch.PathOf("before"));

        await Ckpt.DoneAsync(["convert", source, .. TwoRanks, "--output", scratch.PathOf("right")]);
        await Ckpt.DoneAsync(["convert", scratch.PathOf("before"), .. TwoRanks, "--output", scratch.PathOf("out")]);

        await SameAsync(scratch, "right", "out", 2);
        Assert.Equal(await File.ReadAllTextAsync(scratch.PathOf("right/config.json"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(scratch.PathOf("out/config.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_configuration_alone_is_that_of_the_whole_conversion()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));

        await Ckpt.DoneAsync(["convert", source, .. TwoRanks, "--output", scratch.PathOf("right")]);
        await Ckpt.DoneAsync(["convert", "--model_dir", source, .. TwoRanks, "--save_config_only", "--output_dir", scratch.PathOf("out")]);

        Assert.DoesNotContain(Directory.EnumerateFiles(scratch.PathOf("out")), f => f.EndsWith(".safetensors", System.StringComparison.Ordinal));
        Assert.Equal(await File.ReadAllTextAsync(scratch.PathOf("right/config.json"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(scratch.PathOf("out/config.json"), TestContext.Current.CancellationToken));
    }

    private static async Task SameAsync(Scratch scratch, string right, string found, int ranks)
    {
        for (int rank = 0; rank < ranks; rank++)
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(scratch.PathOf($"{right}/rank{rank}.safetensors"), TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(scratch.PathOf($"{found}/rank{rank}.safetensors"), TestContext.Current.CancellationToken));
        }
    }
}
