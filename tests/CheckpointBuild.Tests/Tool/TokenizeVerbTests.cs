using System;
using System.IO;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary><c>ckpt tokenize</c> and <c>ckpt detokenize</c>: what they refuse.</summary>
public sealed class TokenizeVerbTests
{
    [Theory]
    [InlineData("more than one is given", "--text-file", "a", "--jsonl", "b")]
    [InlineData("more than one is given", "--text-file", "a", "--text", "b")]
    [InlineData("One of --text, --text-file and --jsonl is needed")]
    public async Task Exactly_one_text_is_asked_for(string says, params string[] options)
    {
        CkptResult result = await Ckpt.RunAsync(["tokenize", "model", .. options]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_is_tokenized_as_it_stands_on_the_command_line()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.DoneAsync("tokenize", new TinyLlama().Write(scratch.PathOf("tiny")), "--text", "ab", "--no-special");

        Assert.Equal("[97, 98]\n", result.Output);
    }

    [Theory]
    [InlineData("tokenize", "[1]")]
    [InlineData("render", "[1]")]
    [InlineData("detokenize", "{}")]
    public async Task A_line_that_is_wrong_is_named_with_its_file(string verb, string line)
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("lines.jsonl"), $"\n{line}\n", TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.RunAsync(verb, new TinyLlama().Write(scratch.PathOf("tiny")), "--jsonl", scratch.PathOf("lines.jsonl"));

        Assert.Contains("CKPT9004", result.Error, StringComparison.Ordinal);
        Assert.Contains("lines.jsonl(2)", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(258)]
    [InlineData(int.MaxValue)]
    public async Task An_id_that_is_no_token_is_refused_by_name(int id)
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("ids.jsonl"), $"[97, 98]\n[97, {id}]\n", TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.RunAsync("detokenize", new TinyLlama().Write(scratch.PathOf("tiny")), "--jsonl", scratch.PathOf("ids.jsonl"));

        Assert.Equal((1, "\"ab\"\n"), (result.ExitCode, result.Output));
        Assert.Contains("CKPT2136", result.Error, StringComparison.Ordinal);
    }
}
