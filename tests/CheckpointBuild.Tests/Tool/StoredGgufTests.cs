using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;
using GgufReader = CheckpointBuild.Tests.Readers.GgufReader;

namespace CheckpointBuild.Tests.Tool;

/// <summary>A GGUF file that is converted to GGUF without a type stays what it is, tensor by tensor and key by key.</summary>
public sealed class StoredGgufTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("q4_k_m")]
    [InlineData("q8_0")]
    [InlineData("iq4_nl")]
    public async Task Conversion_without_a_type_gives_the_file_again(string kind)
    {
        string file = await BuildAsync("--quantization", kind);

        await Ckpt.DoneAsync("convert", file, "--to", "gguf", "--output", _scratch.PathOf("again"));

        Assert.Equal(Hash.OfFile(file), Hash.OfFile(_scratch.PathOf("again/tiny.gguf")));
    }

    [Fact]
    public async Task An_adapter_for_llama_cpp_is_not_taken_for_one_in_another_form()
    {
        string folder = new TinyLlama().Write(_scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("convert", new TinyAdapter().Write(_scratch.PathOf("adapter")), "--to", "gguf", "--base", folder, "--output", _scratch.PathOf("lora"));
        string lora = Assert.Single(Directory.GetFiles(_scratch.PathOf("lora"), "*.gguf"));

        Assert.Contains("CKPT2017", (await Ckpt.RunAsync("build", folder, "--engine", "gguf", "--adapter", lora, "--output", _scratch.PathOf("merged"))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_split_is_merged_to_the_file_again()
    {
        string file = await BuildAsync("--quantization", "q4_k_m");

        await Ckpt.DoneAsync("convert", file, "--to", "gguf", "--max-shard-size", "20000", "--output", _scratch.PathOf("parts"));
        string[] parts = [.. Directory.GetFiles(_scratch.PathOf("parts"), "*.gguf").Order(StringComparer.Ordinal)];
        await Ckpt.DoneAsync("convert", parts[0], "--to", "gguf", "--engine-name", "tiny", "--output", _scratch.PathOf("merged"));

        Assert.True(parts.Length > 1);
        Assert.Equal(Hash.OfFile(file), Hash.OfFile(_scratch.PathOf("merged/tiny.gguf")));
    }

    [Fact]
    public async Task A_float_file_with_one_quantized_tensor_keeps_the_other_floats()
    {
        string plain = await BuildAsync("--dtype", "f32"), other = _scratch.PathOf("other");

        await Ckpt.DoneAsync("build", _scratch.PathOf("tiny"), "--engine", "gguf", "--dtype", "f32", "--token-embedding-type", "q8_0", "--output", other);

        var right = GgufReader.Read(plain).Tensors.Where(t => t.Name != "token_embd.weight").ToDictionary(t => t.Name, t => Hash.Of(t.Data));
        Assert.Equal(right, GgufReader.Read(Path.Combine(other, "tiny.gguf")).Tensors.Where(t => t.Name != "token_embd.weight").ToDictionary(t => t.Name, t => Hash.Of(t.Data)));
    }

    [Theory]
    [InlineData("--override-kv", "general.name=str:Other")]
    [InlineData("--quantization", "copy")]
    [InlineData("--prune-layers", "1")]
    public async Task Types_stay_where_only_something_else_is_asked(params string[] options)
    {
        string file = await BuildAsync("--quantization", "q4_k_m");

        await Ckpt.DoneAsync(["convert", file, "--to", "gguf", .. options, "--output", _scratch.PathOf("changed")]);

        var before = GgufReader.Read(file).Tensors.ToDictionary(t => t.Name, t => (t.Type.Name, Hash.Of(t.Data)));
        GgufReader changed = GgufReader.Read(_scratch.PathOf("changed/tiny.gguf"));
        Assert.All(changed.Tensors, t => Assert.Equal(before[t.Name], (t.Type.Name, Hash.Of(t.Data))));
        Assert.Equal(GgufReader.Read(file).Find("general.file_type")!.ToString(), changed.Find("general.file_type")!.ToString());
    }

    [Theory]
    [InlineData("CKPT3095", "--include-weights", "ffn")]
    [InlineData("CKPT3095", "--exclude-weights", "ffn")]
    [InlineData("CKPT3096", "--exclude-weights", "ffn", "--include-weights", "attn", "--calibration", ":own")]
    public async Task Importance_that_nobody_gives_is_not_cut(string code, params string[] options)
    {
        CkptResult result = await Ckpt.RunAsync(["build", new TinyLlama().Write(_scratch.PathOf("tiny")), "--engine", "gguf", "--quantization", "q4_k_m", .. options, "--output", _scratch.PathOf("out")]);

        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_measured_matrix_that_is_kept_gives_the_same_file_again()
    {
        string tiny = new TinyLlama().Write(_scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("build", tiny, "--engine", "gguf", "--quantization", "q4_k_m", "--calibration", ":own", "--keep-stages", "true", "--output", _scratch.PathOf("first"));

        await Ckpt.DoneAsync("build", tiny, "--engine", "gguf", "--quantization", "q4_k_m", "--imatrix", Directory.GetFiles(_scratch.PathOf("first"), "*.imatrix").Single(), "--output", _scratch.PathOf("second"));

        Assert.Equal(Hash.OfFile(_scratch.PathOf("first/tiny.gguf")), Hash.OfFile(_scratch.PathOf("second/tiny.gguf")));
    }

    [Fact]
    public async Task Options_may_be_spelled_as_the_quantizer_spells_them()
    {
        string file = await BuildAsync("--quantization", "q4_k_m", "--tensor-types", "ffn_down=q8_0", "--tensor-types", "attn_v=q6_k"), tiny = _scratch.PathOf("tiny");

        await Ckpt.DoneAsync("quantize", tiny, "--quantization", "Q4_K_M", "--tensor-type", "ffn_down=q8_0", "--tensor-type", "attn_v=q6_k", "--output", _scratch.PathOf("second"));

        Assert.Equal(Hash.OfFile(file), Hash.OfFile(_scratch.PathOf("second/tiny.gguf")));
    }

    private async Task<string> BuildAsync(params string[] type)
    {
        string model = new TinyLlama().Write(_scratch.PathOf("tiny"));
        await Ckpt.DoneAsync(["build", model, "--engine", "gguf", .. type, "--output", _scratch.PathOf("first")]);
        return _scratch.PathOf("first/tiny.gguf");
    }
}
