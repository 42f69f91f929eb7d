using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>The other way: a GGUF engine converted back gives the Hugging Face checkpoint that it was built from.</summary>
public sealed class ReadBackTests
{
    private const int HeadRows = 32;

    [Theory]
    [InlineData("bf16")]
    [InlineData("f32")]
    public async Task Convert_back_in_the_checkpoint_s_dtype_gives_its_bytes(string type)
    {
        if (DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        IReadOnlyList<SafetensorsTensor> back = await ConvertBackAsync(type, "--dtype", "bf16");
        IReadOnlyList<SafetensorsTensor> original = SafetensorsReader.Read(DocLlamaData.Model.Reach("model.safetensors"));

        Assert.Equal(original.Select(Describe).Order(StringComparer.Ordinal), back.Select(Describe).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("f32")]
    [InlineData("f16")]
    [InlineData("q8_0")]
    public async Task Convert_back_gives_the_values_that_the_engine_holds(string type)
    {
        if (DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        GgufReader engine = GgufReader.Read(await BuiltEngines.GgufAsync(type));
        Dictionary<string, SafetensorsTensor> back = (await ConvertBackAsync(type)).ToDictionary(t => t.Name);

        Assert.Equal(engine.Tensors.Select(t => GgufToHuggingFace.NameOf(t.Name)).Order(StringComparer.Ordinal), back.Keys.Order(StringComparer.Ordinal));
        Findings.None(engine.Tensors
            .Where(t => !Bits(GgufToHuggingFace.Arrange(t.Name, t.Type.Decode(t.Data), (int)t.Dimensions[0], HeadRows)).SequenceEqual(Bits(back[GgufToHuggingFace.NameOf(t.Name)].Decode())))
            .Select(t => $"{t.Name} came back with other values"));
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("f32")]
    public async Task Convert_back_gives_the_values_of_the_checkpoint(string type)
    {
        if (DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        Dictionary<string, SafetensorsTensor> back = (await ConvertBackAsync(type)).ToDictionary(t => t.Name);
        Findings.None(SafetensorsReader.Read(DocLlamaData.Model.Reach("model.safetensors"))
            .Where(t => !Bits(t.Decode()).SequenceEqual(Bits(back[t.Name].Decode())))
            .Select(t => $"{t.Name} came back with other values"));
    }

    private static async Task<IReadOnlyList<SafetensorsTensor>> ConvertBackAsync(string type, params string[] options)
    {
        using var scratch = new Scratch();
        string engine = await BuiltEngines.GgufAsync(type);
        await Ckpt.DoneAsync(["convert", engine, "--to", "huggingface", .. options, "--output", scratch.PathOf("back")]);
        return [.. Directory.GetFiles(scratch.PathOf("back"), "*.safetensors").SelectMany(SafetensorsReader.Read)];
    }

    private static string Describe(SafetensorsTensor tensor) => $"{tensor.Name} {tensor.DType} [{string.Join(',', tensor.Shape)}] {Hash.Of(tensor.Data)}";

    private static IEnumerable<uint> Bits(float[] values) => values.Select(BitConverter.SingleToUInt32Bits);
}
