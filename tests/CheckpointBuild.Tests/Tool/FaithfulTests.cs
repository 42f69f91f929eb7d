using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Nothing is lost and nothing is computed differently without a word.</summary>
public sealed class FaithfulTests
{
    [Fact]
    public async Task A_build_never_touches_the_folder_that_it_reads()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("convert", source, "--to", "huggingface", "--output", scratch.PathOf("hf"));
        string[] before = Directory.GetFiles(scratch.PathOf("hf"));

        CkptResult result = await Ckpt.RunAsync("build", scratch.PathOf("hf"), "--engine", "gguf", "--output", scratch.PathOf("hf"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT7003", result.Error, StringComparison.Ordinal);
        Assert.Equal(before.Order(), Directory.GetFiles(scratch.PathOf("hf")).Order());
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public void A_float64_number_beyond_the_dtype_wanted_is_refused_by_its_own_value_and_infinite_as_the_reference_writes_it(string name)
    {
        Assert.True(DType.TryParse(name, out DType? dtype));
        Tensor tensor = new Stored("w", DType.F64, new Shape(2, 2), new ArraySource(MemoryMarshal.AsBytes<double>([1, -2, 3, -1e300]).ToArray()), 0);

        CheckpointException refused = Assert.Throws<CheckpointException>(() => TensorValues.Bytes(Converted.Of(tensor, dtype)));
        Assert.Equal("CKPT3002", refused.Code);
        Assert.Contains("row 1, column 1 is -1E+300", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1, -2, 3, float.NegativeInfinity], Floats(Converted.Of(Converted.Of(tensor, dtype, OverflowRule.Infinity), DType.F32, OverflowRule.Infinity)));

        static float[] Floats(Tensor read) => MemoryMarshal.Cast<byte, float>(TensorValues.Bytes(read)).ToArray();
    }

    [Fact]
    public async Task Another_model_s_engine_in_the_same_folder_stays()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("build", new TinyLlama().Write(scratch.PathOf("a")), "--engine", "gguf", "--output", scratch.PathOf("out"));
        await Ckpt.DoneAsync("build", new TinyLlama().Write(scratch.PathOf("b")), "--engine", "gguf", "--output", scratch.PathOf("out"));

        Assert.Equal(["a.gguf", "b.gguf"], Directory.GetFiles(scratch.PathOf("out"), "*.gguf").Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_GGUF_file_becomes_a_folder_with_a_tokenizer_that_gives_the_same_ids()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await File.WriteAllTextAsync(scratch.PathOf("text.txt"), "Grüße, world! <|end_of_text|> 123", TestContext.Current.CancellationToken);
        await Ckpt.DoneAsync("build", source, "--engine", "gguf", "--output", scratch.PathOf("gguf"));
        await Ckpt.DoneAsync("convert", scratch.PathOf("gguf"), "--to", "huggingface", "--output", scratch.PathOf("hf"));

        CkptResult expected = await Ckpt.DoneAsync("tokenize", source, "--text-file", scratch.PathOf("text.txt"));
        CkptResult actual = await Ckpt.DoneAsync("tokenize", scratch.PathOf("hf"), "--text-file", scratch.PathOf("text.txt"));

        Assert.Equal(expected.Output, actual.Output);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public async Task A_conversion_without_a_dtype_keeps_every_value(string dtype)
    {
        using var scratch = new Scratch();
        DType stored = DType.All.Single(d => d.LongName == dtype);
        string source = new TinyLlama { DType = stored }.Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("convert", source, "--to", "gguf", "--output", scratch.PathOf("gguf"));
        await Ckpt.DoneAsync("convert", scratch.PathOf("gguf"), "--to", "huggingface", "--dtype", dtype, "--output", scratch.PathOf("hf"));

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(source, "model.safetensors"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(scratch.PathOf("hf/model.safetensors"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("hidden_act", "\"gelu\"")]
    [InlineData("rope_scaling", """{"type": "dynamic", "factor": 2.0}""")]
    public async Task What_llama_cpp_computes_differently_is_said_by_code(string field, string value)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { Configure = c => c[field] = JsonNode.Parse(value) }.Write(scratch.PathOf("tiny"));

        CkptResult result = await Ckpt.DoneAsync("build", source, "--engine", "gguf", "--output", scratch.PathOf("out"));

        Assert.Contains("CKPT2059", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dtype_and_a_quantization_at_once_are_refused()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "gguf", "--dtype", "f32", "--quantization", "q8_0", "--output", scratch.PathOf("out"));

        Assert.Contains("CKPT9006", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"architectures": ["\ud800"]}""")]
    [InlineData("""{"hidden_size": 64, "hidden_size": 65}""")]
    [InlineData("""{"architectures": ["LlamaForCausalLM"], "torch_dtype": "\udc00"}""")]
    public async Task A_configuration_that_means_two_things_or_nothing_is_refused(string json)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await File.WriteAllTextAsync(Path.Combine(source, "config.json"), json, TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.RunAsync("build", source, "--engine", "gguf", "--output", scratch.PathOf("out"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT2003", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_changes_while_it_is_read_is_refused_and_nothing_is_published()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        using EngineBuild build = EngineBuild.Open(source, new Recipe { Engine = "gguf", Quantization = "q8_0" }, new SourceHashes(null));
        var options = new BuilderOptions { Progress = (_, _) => File.AppendAllText(Path.Combine(source, "config.json"), " ") };

        CheckpointException error = Assert.Throws<CheckpointException>(() => build.Run(scratch.PathOf("out"), options, HashTrust.ReadAgain, TestContext.Current.CancellationToken));

        Assert.Equal("CKPT7008", error.Code);
        Assert.Empty(Directory.GetFiles(scratch.PathOf("out")));
    }

    [Fact]
    public async Task Weights_that_are_not_computed_with_are_refused_where_numbers_are_needed()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { DType = DType.F16 }.Write(scratch.PathOf("tiny"));
        string weights = Path.Combine(source, "model.safetensors");
        byte[] bytes = await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken);
        byte[] relabelled = System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(bytes).Replace("\"F16\"", "\"I16\"", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(weights, relabelled, TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.RunAsync("build", source, "--engine", "gguf", "--output", scratch.PathOf("out"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT3004", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_negative_number_of_tokens_is_refused()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("run", new TinyLlama().Write(scratch.PathOf("tiny")), "--prompt", "x", "--max-tokens", "-5");

        Assert.Contains("CKPT5013", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspecting_what_cannot_be_read_is_refused()
    {
        using var scratch = new Scratch();

        Assert.Equal(1, (await Ckpt.RunAsync("inspect", scratch.Folder, "--json")).ExitCode);
    }
}
