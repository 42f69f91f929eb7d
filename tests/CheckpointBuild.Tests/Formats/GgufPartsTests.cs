using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>GGUF models in parts: as the converter splits them, and what a user's size asks for.</summary>
public sealed class GgufPartsTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/converter");

    public static TheoryData<string> Cases => Topic.Cases(topic => topic.Files("doc-llama-split-*.json").DefaultIfEmpty(NoListing));

    private const string NoListing = "no split listing";

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_gives_the_converter_s_part(string name)
    {
        if (Topic.SaysAbsent(name) || name == NoListing || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        JsonElement listing = Topic.ReadJson(name);
        int most = int.Parse(listing.GetProperty("flags")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        string file = listing.GetProperty("file_name").GetString()!;
        using CheckpointDirectory directory = CheckpointDirectory.Open(DocLlamaData.Model.Reach());
        Checkpoint checkpoint = Dialect.Named("huggingface").Read(directory);
        DirectoryPlan whole = new Recipe { Engine = "gguf", DType = DType.F16, EngineName = "doc-llama" }.Apply(checkpoint);
        TensorFile source = Format.Gguf.Read(new Laws.ArraySource(PlanBytes.Of(whole.Files[0])));

        ImmutableArray<FilePlan> parts = GgufParts.Plan(file[..^"-00001-of-00003.gguf".Length], source, (_, count) => count <= most);

        Assert.Equal(listing.GetProperty("file_sha256").GetString(), Hash.Of(PlanBytes.Of(parts.Single(p => p.Path == file))));
    }

    [Fact]
    public void Plan_begins_a_part_where_the_next_tensor_would_be_too_much()
    {
        TensorFile file = Sample(4, 4, 4, 100);

        ImmutableArray<FilePlan> parts = GgufParts.Plan("m", file, 2 * 4 * sizeof(float));

        Assert.Equal([2, 1, 1], parts.Select(p => p.Slots.Length));
        Assert.Equal("m-00001-of-00003.gguf", parts[0].Path);
    }

    [Fact]
    public void Plan_of_what_fits_is_one_file() => Assert.Equal("m.gguf", Assert.Single(GgufParts.Plan("m", Sample(4, 4), long.MaxValue)).Path);

    [Fact]
    public void More_parts_than_can_be_numbered_are_refused() =>
        Assert.Equal("CKPT4070", Assert.Throws<CheckpointException>(() => GgufParts.Plan("m", Sample([.. Enumerable.Repeat(1L, ushort.MaxValue + 1)]), 1)).Code);

    private static TensorFile Sample(params IReadOnlyList<long> lengths) =>
        new(new TensorTable(lengths.Select((length, i) => new ZeroTensor($"t{i}", DType.F32, new Shape(length)))), new Metadata().Add("general.name", "m"));
}
