using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Models whose predictions are no numbers, or too small for one: said by code, before anything is put in place.</summary>
public sealed class NotFiniteTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _sound;
    private readonly string _text;

    public NotFiniteTests()
    {
        _sound = new TinyLlama().Write(_scratch.PathOf("sound"));
        _text = _scratch.PathOf("text.txt");
        File.WriteAllText(_text, string.Join(' ', Enumerable.Range(0, 1200)));
    }

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("perplexity", "{wild}", "--text-file", "{text}")]
    [InlineData("compare", "{sound}", "{wild}", "--text-file", "{text}")]
    [InlineData("compare", "{wild}", "{sound}", "--text-file", "{text}")]
    [InlineData("build", "{wild}", "--engine", "gguf", "--dtype", "f32", "--evaluation-text", "{text}", "--max-perplexity-increase", "5%", "--output", "{out}")]
    public async Task A_perplexity_beyond_all_numbers_has_a_code(params string[] line) => await RefusedAsync("CKPT5014", line);

    [Fact]
    public async Task An_engine_that_cannot_be_measured_takes_no_older_one_s_place()
    {
        string wild = Wild();
        string[] build = ["build", wild, "--engine", "gguf", "--dtype", "f32", "--output", _scratch.PathOf("out")];
        await Ckpt.DoneAsync(build);
        string before = Hashes();

        await RefusedAsync("CKPT5014", [.. build, "--evaluation-text", _text, "--max-shard-size", "100MB"]);

        Assert.Equal(before, Hashes());
    }

    [Fact]
    public async Task Logits_that_are_no_numbers_are_not_written()
    {
        string broken = new TinyLlama { Spoil = (name, values) => Scale(name, values, 3e38f) }.Write(_scratch.PathOf("broken"));

        await RefusedAsync("CKPT5004", "logits", broken, "--ids", "1,2,3", "--output", _scratch.PathOf("logits.f32"));

        Assert.False(File.Exists(_scratch.PathOf("logits.f32")));
    }

    [Theory]
    [InlineData("CKPT5012", "--protocol", "llama.cpp", "--window", "2")]
    [InlineData("CKPT5012", "--window", "1")]
    [InlineData("CKPT9001", "--window", "0")]
    public async Task A_window_without_a_prediction_is_refused(string code, params string[] options)
    {
        await RefusedAsync(code, ["perplexity", _sound, "--text-file", _text, .. options]);
        await RefusedAsync(code, ["compare", _sound, _sound, "--text-file", _text, .. options]);
    }

    [Fact]
    public async Task A_text_in_another_encoding_is_not_scored()
    {
        await File.WriteAllTextAsync(_text, await File.ReadAllTextAsync(_text, TestContext.Current.CancellationToken), System.Text.Encoding.Unicode, TestContext.Current.CancellationToken);

        await RefusedAsync("CKPT9004", "perplexity", _sound, "--text-file", _text);
    }

    private string Hashes() => Hash.OfFile(_scratch.PathOf("out/wild.gguf")) + Hash.OfFile(_scratch.PathOf("out/build-report.json"));

    private static void Scale(string name, float[] values, float factor)
    {
        if (name == "model.norm.weight")
        {
            Array.Fill(values, factor);
        }
    }

    private string Wild() => new TinyLlama { Spoil = (name, values) => Scale(name, values, 1e6f) }.Write(_scratch.PathOf("wild"));

    private async Task RefusedAsync(string code, params string[] line)
    {
        string wild = Array.Exists(line, word => word == "{wild}") ? Wild() : "";
        CkptResult result = await Ckpt.RunAsync(Array.ConvertAll(line, word => word switch { "{wild}" => wild, "{sound}" => _sound, "{text}" => _text, "{out}" => _scratch.PathOf("refused"), _ => word }));

        Assert.True(result.IsRefusal && result.Error.Contains(code, StringComparison.Ordinal), result.ToString());
        Assert.False(Directory.Exists(_scratch.PathOf("refused")) && Directory.EnumerateFileSystemEntries(_scratch.PathOf("refused")).Any());
    }
}
