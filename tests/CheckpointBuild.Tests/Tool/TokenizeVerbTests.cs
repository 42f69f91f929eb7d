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
    [InlineData("--text-file and --jsonl are both given", "--text-file", "a", "--jsonl", "b")]
    [InlineData("One of --text-file and --jsonl is needed")]
    public async Task Exactly_one_text_is_asked_for(string says, params string[] options)
    {
        CkptResult result = await Ckpt.RunAsync(["tokenize", "model", .. options]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
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
