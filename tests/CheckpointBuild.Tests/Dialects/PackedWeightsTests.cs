using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Golden.TensorRtLlm;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Checkpoints whose matrices GPTQ has packed: what does not fit is refused by name, what means nothing is left out with a word.</summary>
public sealed class PackedWeightsTests
{
    private const string Module = "model.layers.0.mlp.gate_proj";

    // Shapes of TinyLlama's gate, in groups of 32 columns.
    private const int Outputs = 96;
    private const int Inputs = 64;
    private const int Groups = 2;

    [Theory]
    [InlineData("sound", null)]
    [InlineData("bias of zeros", "CKPT2994")]
    [InlineData("groups", "CKPT1090")]
    [InlineData("no settings", "CKPT1091")]
    [InlineData("no zero points", "CKPT2005")]
    [InlineData("act order", "CKPT3215")]
    public async Task Packed_matrices_are_put_together_or_refused_by_name(string form, string? code)
    {
        using var scratch = new Scratch();
        string source = Write(scratch.PathOf("packed"), form);

        CkptResult result = await Ckpt.RunAsync("convert", source, "--to", "huggingface", "--dtype", "float32", "--output", scratch.PathOf("out"));

        Assert.Equal(code is null or "CKPT2994" ? 0 : 1, result.ExitCode);
        Assert.Contains(code ?? "model.safetensors", result.Error, StringComparison.Ordinal);
        if (form == "sound")
        {
            // The integer 9, the zero point 8 (7 is stored, and one is added), the scale 0.5.
            SafetensorsTensor gate = SafetensorsReader.Read(scratch.PathOf("out/model.safetensors")).Single(t => t.Name == Module + ".weight");
            Assert.All(gate.Decode(), value => Assert.Equal(0.5f, value));
        }
    }

    [Fact]
    public async Task Weights_of_a_quantizer_that_is_not_read_are_called_so()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { Prefix = "packed.", Configure = config => config["quantization_config"] = new JsonObject { ["quant_method"] = "bitsandbytes" } }.Write(scratch.PathOf("tiny"));

        CkptResult result = await Ckpt.RunAsync("convert", folder, "--to", "gguf", "--output", scratch.PathOf("out"));

        Assert.Contains("CKPT2019", result.Error, StringComparison.Ordinal);
        Assert.Contains("bitsandbytes", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packed_matrices_are_not_quantized_another_way()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("convert", Write(scratch.PathOf("packed"), "sound"), "--to", "tensorrt-llm", "--quantization", "int8_wo", "--output", scratch.PathOf("out"));

        Assert.Contains("CKPT3217", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("out")));
    }

    private static string Write(string folder, string form)
    {
        new TinyLlama { Configure = json => json["quantization_config"] = form == "no settings" ? null : Settings(form) }.Write(folder);
        string path = Path.Combine(folder, "model.safetensors");
        List<SafetensorsTensor> tensors = [.. SafetensorsReader.Read(path).Where(t => t.Name != Module + ".weight")];
        tensors.Add(new(Module + ".qweight", "I32", [Inputs / 8, Outputs], Words(Inputs / 8 * Outputs, 0x99999999)));
        if (form != "no zero points")
        {
            tensors.Add(new(Module + ".qzeros", "I32", [Groups, Outputs / 8], Words(Groups * Outputs / 8, 0x77777777)));
        }

        tensors.Add(new(Module + ".scales", "F16", [Groups, Outputs], [.. Enumerable.Repeat(BitConverter.GetBytes((Half)0.5), Groups * Outputs).SelectMany(b => b)]));
        if (form == "bias of zeros")
        {
            tensors.Add(new("model.layers.0.input_layernorm.bias", "F16", [Inputs], new byte[2 * Inputs]));
        }

        DamagedInputs.Write(path, tensors);
        return folder;
    }

    private static JsonObject Settings(string form) => new()
    {
        ["quant_method"] = "gptq",
        ["bits"] = 4,
        ["group_size"] = form == "groups" ? 16 : 32,
        ["sym"] = false,
        ["desc_act"] = form == "act order",
    };

    private static byte[] Words(int count, uint word) => [.. Enumerable.Repeat(BitConverter.GetBytes(word), count).SelectMany(b => b)];
}
