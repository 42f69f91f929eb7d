using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Keys of a GGUF file that is built of another: what llama.cpp would not load is refused before it is written.</summary>
public sealed class GgufCarriedKeysTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("CKPT2105", "tokenizer.ggml.tokens", 264)]
    [InlineData("CKPT2114", "tokenizer.ggml.tokens", 2)]
    [InlineData("CKPT2114", "tokenizer.ggml.token_type", 2)]
    public async Task A_damaged_tokenizer_is_not_carried_over(string code, string key, int count)
    {
        object value = key.EndsWith("type", StringComparison.Ordinal) ? new int[count] : Enumerable.Range(0, count).Select(i => count < 264 ? $"{i}" : "a").ToArray();

        CkptResult result = await ConvertAsync(key, value);

        Assert.True(result.IsRefusal && result.Error.Contains(code, StringComparison.Ordinal), result.ToString());
    }

    [Theory]
    [InlineData("CKPT2007", "llama.feed_forward_length", 999u)]
    [InlineData("CKPT2002", "llama.feed_forward_length", 0u)]
    [InlineData("CKPT2002", "llama.attention.layer_norm_rms_epsilon", -1f)]
    [InlineData("CKPT2002", "llama.rope.freq_base", 0f)]
    public async Task Numbers_that_cannot_be_are_refused(string code, string key, object value)
    {
        CkptResult result = await ConvertAsync(key, value);

        Assert.True(result.IsRefusal && result.Error.Contains(code, StringComparison.Ordinal), result.ToString());
    }

    [Fact]
    public async Task A_special_token_outside_the_vocabulary_is_said()
    {
        CkptResult result = await ConvertAsync("tokenizer.ggml.bos_token_id", 99999u);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("CKPT2138", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_tokenizer_the_size_of_the_vocabulary_is_written()
    {
        string folder = new TinyLlama().Write(_scratch.PathOf("tiny"));
        File.Delete(Path.Combine(folder, "tokenizer.json"));

        await Ckpt.DoneAsync("build", folder, "--engine", "gguf", "--output", _scratch.PathOf("out"));

        Assert.Contains(Readers.GgufReader.Read(_scratch.PathOf("out/tiny.gguf")).Pairs, p => p.Key == "llama.vocab_size" && $"{p.Value.Value}" == "264");
    }

    private async Task<CkptResult> ConvertAsync(string key, object value)
    {
        await Ckpt.DoneAsync("build", new TinyLlama().Write(_scratch.PathOf("tiny")), "--engine", "gguf", "--output", _scratch.PathOf("first"));
        using CheckpointDirectory directory = CheckpointDirectory.Open(_scratch.PathOf("first"));
        TensorFile file = Format.Gguf.Read(directory.OpenFile("tiny.gguf"));
        file.Metadata.Set(key, value);
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([Format.Gguf.Plan("changed.gguf", file)], []), _scratch.PathOf("changed"), default);
        return await Ckpt.RunAsync("convert", _scratch.PathOf("changed/changed.gguf"), "--to", "gguf", "--output", _scratch.PathOf("again"));
    }
}
