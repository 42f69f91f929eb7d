using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>What a user sees when something is wrong: exit code 1, one coded message that names the place, found and needed; the old output stays.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("truncated", "CKPT1", "model.safetensors")]
    [InlineData("missing shard", "CKPT2009", "model-00002-of-")]
    [InlineData("missing field", "CKPT2001", "'hidden_size'")]
    [InlineData("wrong field", "CKPT2002", "'num_key_value_heads'")]
    [InlineData("no JSON", "CKPT2003", "config.json")]
    [InlineData("unknown architecture", "CKPT2004", "'MambaForCausalLM'")]
    [InlineData("missing tensor", "CKPT2005", "'model.layers.2.input_layernorm.weight'")]
    [InlineData("wrong shape", "CKPT2007", "[96, 64]")]
    [InlineData("NaN", "CKPT3001", "row 3, column 5")]
    [InlineData("infinity", "CKPT3001", "row 3, column 5")]
    [InlineData("beyond float16", "CKPT3002", "70144")]
    [InlineData("scale", "CKPT3003", "not finite")]
    public async Task A_faulty_checkpoint_is_refused_by_code_and_place(string fault, string code, string place)
    {
        using var scratch = new Scratch();
        string output = scratch.PathOf("out");
        await Ckpt.DoneAsync("build", new TinyLlama().Write(scratch.PathOf("sound/tiny")), "--engine", "gguf", "--quantization", "q8_0", "--output", output);
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(output, "tiny.gguf"), TestContext.Current.CancellationToken);

        string[] choice = fault == "beyond float16" ? ["--dtype", "f16"] : ["--quantization", "q8_0"];
        CkptResult result = await Ckpt.RunAsync(["build", Faulty(fault, scratch.PathOf("faulty/tiny")), "--engine", "gguf", .. choice, "--output", output]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.Contains(place, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(output, "tiny.gguf"), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(output, "*.tmp"));
    }

    [Theory]
    [InlineData("--quantization", "q8_1", "nearest: q8_0")]
    [InlineData("--dtype", "float17", "nearest: float16")]
    [InlineData("--compatibility", "safer", "nearest: safe")]
    public async Task An_unknown_option_value_lists_the_valid_ones_and_the_nearest(string option, string value, string hint)
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "gguf", option, value, "--output", scratch.PathOf("out"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT9001", result.Error, StringComparison.Ordinal);
        Assert.Contains(hint, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_directory_that_is_a_file_is_refused()
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("out"), "a file", TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.RunAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "gguf", "--output", scratch.PathOf("out"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT4001", result.Error, StringComparison.Ordinal);
        Assert.Equal("a file", await File.ReadAllTextAsync(scratch.PathOf("out"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_refused()
    {
        using var scratch = new Scratch();

        // No user, root included, can make a folder in the null device.
        CkptResult result = await Ckpt.RunAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "gguf", "--output", "/dev/null/out");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT4002", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_refused() =>
        Assert.Contains("CKPT1001", (await Ckpt.RunAsync("build", "no-such-folder", "--engine", "gguf", "--output", "out")).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_folder_without_a_checkpoint_is_refused()
    {
        using var scratch = new Scratch();

        Assert.Contains("CKPT2008", (await Ckpt.RunAsync("build", scratch.Folder, "--engine", "gguf", "--output", scratch.PathOf("out"))).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bild")]
    [InlineData("build", "x", "--engine", "gguf", "--output", "y", "--quality", "high")]
    [InlineData("build", "x", "--engine", "gguf")]
    public async Task A_command_line_that_cannot_be_parsed_ends_with_2(params string[] arguments) =>
        Assert.Equal(2, (await Ckpt.RunAsync(arguments)).ExitCode);

    [Theory]
    [InlineData("inspect", "")]
    [InlineData("run", "", "--prompt", "x")]
    [InlineData("build", "x", "--engine", "gguf", "--output", "")]
    public async Task An_empty_path_is_refused_by_name(params string[] arguments)
    {
        CkptResult result = await Ckpt.RunAsync(arguments);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT9007", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_with_a_comma_is_no_number()
    {
        using var scratch = new Scratch();

        Assert.Equal(2, (await Ckpt.RunAsync("run", new TinyLlama().Write(scratch.PathOf("tiny")), "--prompt", "x", "--temperature", "1,5")).ExitCode);
    }

    [Fact]
    public async Task A_prompt_that_begins_with_an_at_sign_is_a_prompt()
    {
        using var scratch = new Scratch();

        Assert.Equal(0, (await Ckpt.RunAsync("run", new TinyLlama().Write(scratch.PathOf("tiny")), "--prompt", "@Override", "--max-tokens", "2")).ExitCode);
    }

    private static string Faulty(string fault, string folder)
    {
        Action<string, float[]> spoil = fault switch
        {
            "NaN" => (name, values) => SetIn(name, values, float.NaN),
            "infinity" => (name, values) => SetIn(name, values, float.PositiveInfinity),
            "beyond float16" => (name, values) => SetIn(name, values, 70000),
            "scale" => (name, values) => SetIn(name, values, 3e38f),
            _ => (_, _) => { },
        };
        Action<System.Text.Json.Nodes.JsonObject> configure = fault switch
        {
            "missing field" => c => c.Remove("hidden_size"),
            "wrong field" => c => c["num_key_value_heads"] = 3,
            "unknown architecture" => c => c["architectures"]![0] = "MambaForCausalLM",
            "missing tensor" => c => c["num_hidden_layers"] = 3,
            "wrong shape" => c => c["intermediate_size"] = 128,
            _ => _ => { },
        };
        new TinyLlama { Spoil = spoil, Configure = configure, MaxShardSize = fault == "missing shard" ? 40_000 : long.MaxValue }.Write(folder);

        string weights = Path.Combine(folder, "model.safetensors");
        switch (fault)
        {
            case "truncated":
                byte[] bytes = File.ReadAllBytes(weights);
                File.WriteAllBytes(weights, bytes[..^96]);
                break;
            case "missing shard":
                File.Delete(Directory.GetFiles(folder, "model-00002-of-*.safetensors").Single());
                break;
            case "no JSON":
                File.WriteAllText(Path.Combine(folder, "config.json"), "{ \"hidden_size\": ");
                break;
        }

        return folder;
    }

    private static void SetIn(string name, float[] values, float value)
    {
        if (name == "model.layers.1.self_attn.v_proj.weight")
        {
            values[(3 * 64) + 5] = value;
        }
    }
}
