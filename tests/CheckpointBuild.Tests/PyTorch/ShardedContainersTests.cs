using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>Sets of PyTorch containers: by index, without one, and beside safetensors.</summary>
public sealed class ShardedContainersTests
{
    private const string Expected = ".expected.json";
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("torch-containers/sharded");

    public static TheoryData<string> Sets => Topic.Cases(t => t.Files("*" + Expected).Select(f => f[..^Expected.Length]));

    [Theory]
    [MemberData(nameof(Sets))]
    public void Read_of_a_set_gives_every_tensor(string name)
    {
        if (!Topic.SaysAbsent(name))
        {
            Assert.Equal(Wanted(name), Found(Topic.Reach(name)));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Read_of_a_set_without_its_index_gives_every_tensor_in_the_same_order(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        foreach (string file in Directory.GetFiles(Topic.Reach(name)).Where(f => !f.EndsWith(".index.json", System.StringComparison.Ordinal)))
        {
            File.Copy(file, scratch.PathOf(Path.GetFileName(file)));
        }

        Assert.Equal(Wanted(name), Found(scratch.Folder));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Read_of_the_first_shard_gives_the_whole_set(string name)
    {
        if (!Topic.SaysAbsent(name))
        {
            string first = Directory.GetFiles(Topic.Reach(name), "*.bin").Order(System.StringComparer.Ordinal).First();
            Assert.Equal(Wanted(name), Found(first));
        }
    }

    [Fact]
    public void Read_of_a_file_with_values_beside_tensors_says_so()
    {
        using var scratch = new Scratch();
        Write(scratch, new PickleDictionary(PickleDictionaryKind.Dictionary).Set("w", FormatSamples.Random("w", DType.F32, new Shape(3))).Set("epoch", 3));
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        using CheckpointDirectory directory = CheckpointDirectory.Open(scratch.Folder);
        Assert.Single(WeightFiles.Read(directory, problems));
        Assert.Equal("CKPT2150", Assert.Single(problems).Code);
    }

    [Fact]
    public void Read_of_a_file_without_tensors_refuses()
    {
        using var scratch = new Scratch();
        Write(scratch, new PickleDictionary(PickleDictionaryKind.Dictionary).Set("epoch", 3));
        using CheckpointDirectory directory = CheckpointDirectory.Open(scratch.Folder);
        Assert.Equal("CKPT1359", Assert.Throws<CheckpointException>(() => WeightFiles.Read(directory, ImmutableArray.CreateBuilder<Diagnostic>())).Code);
    }

    [Theory]
    [InlineData("pytorch_model-2-of-33.bin", "pytorch_model-10-of-33.bin")]
    [InlineData("pytorch_model-00002-of-00033.bin", "pytorch_model-00010-of-00033.bin")]
    public void SortKey_orders_by_number(string first, string second) =>
        Assert.True(string.CompareOrdinal(WeightSet.SortKey(first), WeightSet.SortKey(second)) < 0);

    private static void Write(Scratch scratch, PickleDictionary root) =>
        File.WriteAllBytes(scratch.PathOf("pytorch_model.bin"), PlanBytes.Of(PyTorchZipWriter.Plan("pytorch_model.bin", root, PyTorchRecords.Full)));

    private static IEnumerable<string> Wanted(string name) => Topic.ReadJson(name + Expected).GetProperty("tensors").EnumerateArray()
        .Select(t => $"{NameOf(t)} [{string.Join(", ", t.GetProperty("shape").EnumerateArray())}] {t.GetProperty("sha256").GetString()}");

    private static string NameOf(JsonElement tensor) => tensor.TryGetProperty("path", out JsonElement path) ? path[0].GetString()! : tensor.GetProperty("name").GetString()!;

    private static IEnumerable<string> Found(string path)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(path);
        IReadOnlyList<Tensor> tensors = WeightFiles.Read(directory, ImmutableArray.CreateBuilder<Diagnostic>());
        return [.. tensors.Select(t => $"{t.Name} {t.Shape} {Hash.Of(PlanBytes.Of(t)[0])}")];
    }
}
