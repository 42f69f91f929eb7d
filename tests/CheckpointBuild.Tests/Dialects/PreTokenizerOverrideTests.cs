using System;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary><c>PreTokenizer</c>: the user names how llama.cpp is to split text, where none of its names fits.</summary>
public sealed class PreTokenizerOverrideTests
{
    [Fact]
    public async Task A_name_stands_in_the_file_and_another_splitting_is_warned_of()
    {
        using var scratch = new Scratch();
        string model = WriteModel(scratch);

        CkptResult without = await Ckpt.RunAsync("build", model, "--engine", "gguf", "--output", scratch.PathOf("without"));
        CkptResult named = await Ckpt.DoneAsync("build", model, "--engine", "gguf", "--output", scratch.PathOf("out"), "--pre-tokenizer", "llama-bpe");

        Assert.Contains("CKPT2111", without.Error, StringComparison.Ordinal);
        Assert.Contains("CKPT2831", named.Error, StringComparison.Ordinal);
        using var file = new FileSource(scratch.PathOf("out/tiny.gguf"));
        Assert.Equal("llama-bpe", Format.Gguf.Read(file).Metadata.Get<string>("tokenizer.ggml.pre"));
    }

    [Fact]
    public async Task The_name_that_fits_is_no_warning()
    {
        using var scratch = new Scratch();

        CkptResult built = await Ckpt.DoneAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "gguf", "--output", scratch.PathOf("out"), "--pre-tokenizer", "gpt-2");

        Assert.DoesNotContain("CKPT2831", built.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_that_merges_otherwise_is_warned_of_where_a_token_depends_on_it(bool hasUnreached)
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama().Write(scratch.PathOf("tiny")), path = Path.Combine(folder, "tokenizer.json");
        JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        json["model"]!["ignore_merges"] = true;
        if (hasUnreached)
        {
            json["model"]!["vocab"]!["abc"] = 258;
        }

        await File.WriteAllTextAsync(path, json.ToJsonString(), TestContext.Current.CancellationToken);

        CkptResult built = await Ckpt.DoneAsync("build", folder, "--engine", "gguf", "--output", scratch.PathOf("out"));

        Assert.Equal(hasUnreached, built.Error.Contains("CKPT2832", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gguf", "clairvoyant", "CKPT2112")]
    [InlineData("huggingface", "gpt-2", "CKPT9001")]
    public async Task What_cannot_be_named_is_refused(string engine, string name, string code)
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", engine, "--output", scratch.PathOf("out"), "--pre-tokenizer", name);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
    }

    // Splits between vowels, which no model does.
    private static string WriteModel(Scratch scratch)
    {
        string folder = new TinyLlama().Write(scratch.PathOf("tiny"));
        string path = Path.Combine(folder, "tokenizer.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        json["pre_tokenizer"] = JsonNode.Parse("""
            { "type": "Sequence", "pretokenizers": [
                { "type": "Split", "pattern": { "Regex": "[aeiou]" }, "behavior": "Isolated", "invert": false },
                { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false } ] }
            """);
        File.WriteAllText(path, json.ToJsonString());
        return folder;
    }
}
