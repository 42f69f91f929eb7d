using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The golden topic <c>meta</c>: what transformers' own converter makes of Meta's folders, and the way back.</summary>
public sealed class MetaGoldenTests
{
    private const float LogitTolerance = 1e-4f;
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("meta");

    public static TheoryData<string> Inputs => Topic.Cases(t => t.Files("params.json", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!.Replace('\\', '/')));

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task Convert_by_the_reference_gives_its_tensors_and_configuration(string input)
    {
        if (Topic.SaysAbsent(input))
        {
            return;
        }

        using var scratch = new Scratch();
        CkptResult result = await Ckpt.DoneAsync("convert", Topic.Reach(input), "--to", "huggingface", "--compatibility", "reference", "--output", scratch.PathOf("hf"));

        string topic = Path.GetDirectoryName(input)!;
        Assert.Equal(Listed(Topic.ReadJson($"{topic}/expected.json").GetProperty("hf")), OfHuggingFace(scratch.PathOf("hf")));
        JsonNode wanted = JsonNode.Parse(Topic.ReadBytes($"{topic}/hf/config.json"))!;
        JsonNode? found = JsonOf(scratch.PathOf("hf/config.json"));
        Assert.True(JsonNode.DeepEquals(wanted, found), found?.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Topic.ReadBytes($"{topic}/hf/generation_config.json")), JsonOf(scratch.PathOf("hf/generation_config.json"))));

        // A tokenizer of pieces loses what its model does to a text first.
        Assert.Equal(Topic.Has($"{topic}/hf/tokenizer.model"), result.Error.Contains("CKPT2169", StringComparison.Ordinal));
        Findings.None(Topic.ReadJson($"{topic}/expected.json").GetProperty("hfFiles").EnumerateObject()
            .Where(f => !File.Exists(scratch.PathOf($"hf/{f.Name}")) || f.Value.GetProperty("sha256").GetString() != Hash.OfFile(scratch.PathOf($"hf/{f.Name}")))
            .Select(f => f.Name));
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task Convert_to_Hugging_Face_and_back_gives_every_tensor_of_every_file(string input)
    {
        if (Topic.SaysAbsent(input))
        {
            return;
        }

        using var scratch = new Scratch();
        string source = Topic.Reach(input);
        await Ckpt.DoneAsync("convert", source, "--to", "huggingface", "--output", scratch.PathOf("hf"));
        await Ckpt.DoneAsync("convert", scratch.PathOf("hf"), "--to", "meta", "--output", scratch.PathOf("meta"));

        string[] files = [.. Directory.GetFiles(source, "*.pth").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.Equal(files, Directory.GetFiles(scratch.PathOf("meta"), "*.pth").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(OfTorch(Path.Combine(source, file)), OfTorch(scratch.PathOf($"meta/{file}"))));
        Assert.All(["params.json", "tokenizer.model"], file => Assert.Equal(File.ReadAllBytes(Path.Combine(source, file)), File.ReadAllBytes(scratch.PathOf($"meta/{file}"))));
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task Convert_of_Hugging_Face_s_folder_writes_the_tokenizer_that_Meta_s_has(string input)
    {
        if (Topic.SaysAbsent(input) || !Topic.Topic($"{Path.GetDirectoryName(input)}/hf").Files("*.safetensors").Any())
        {
            return;
        }

        // tiktoken's file lies in no folder of Hugging Face's: it is written anew.
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", Topic.Reach($"{Path.GetDirectoryName(input)}/hf"), "--to", "meta", "--output", scratch.PathOf("meta"));
        Assert.Equal(Topic.ReadBytes($"{input}/tokenizer.model"), await File.ReadAllBytesAsync(scratch.PathOf("meta/tokenizer.model"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task Logits_of_the_converted_folder_are_the_reference_s(string input)
    {
        if (Topic.SaysAbsent(input))
        {
            return;
        }

        using var scratch = new Scratch();
        SafetensorsTensor[] expected = [.. SafetensorsReader.Read(Topic.Reach($"{Path.GetDirectoryName(input)}/logits.safetensors"))];
        JsonElement ids = Topic.ReadJson($"{Path.GetDirectoryName(input)}/expected.json").GetProperty("logits").GetProperty("ids");

        // The reference's model is the rounded one.
        await Ckpt.DoneAsync("convert", Topic.Reach(input), "--to", "huggingface", "--compatibility", "reference", "--output", scratch.PathOf("hf"));
        await Ckpt.DoneAsync("logits", scratch.PathOf("hf"), "--ids", string.Join(',', ids.EnumerateArray()), "--output", scratch.PathOf("logits.f32"));

        float[] found = Floats(await File.ReadAllBytesAsync(scratch.PathOf("logits.f32"), TestContext.Current.CancellationToken));
        float[] wanted = Floats(expected.First(t => t.Name.Contains("logits", StringComparison.Ordinal)).Data);
        Assert.Equal(wanted.Length, found.Length);
        Assert.InRange(wanted.Zip(found).Max(pair => Math.Abs(pair.First - pair.Second)), 0, LogitTolerance);
    }

    private static JsonNode? JsonOf(string path) => JsonNode.Parse(File.ReadAllText(path));

    private static float[] Floats(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    private static IEnumerable<string> Listed(JsonElement tensors) =>
        tensors.EnumerateArray().Select(t => $"{t.GetProperty("name").GetString()} [{string.Join(", ", t.GetProperty("shape").EnumerateArray())}] {t.GetProperty("sha256").GetString()}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> OfHuggingFace(string folder) =>
        Directory.GetFiles(folder, "*.safetensors").SelectMany(SafetensorsReader.Read).Select(t => $"{t.Name} [{string.Join(", ", t.Shape)}] {Hash.Of(t.Data)}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> OfTorch(string path)
    {
        using var source = new FileSource(path);
        return [.. PyTorchFile.Read(source).Tensors.Select(t => $"{t.Name} {t.DType} {t.Shape} {Hash.Of(PlanBytes.Of(t)[0])}").Order(StringComparer.Ordinal)];
    }
}
