using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>Sets of parts that llama-gguf-split made: merged they are their source again, and quantized they are what llama-quantize makes of them.</summary>
public sealed class SplitTests
{
    private const string Listing = "split.json";

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/split");

    public static TheoryData<string> Sources => Topic.Has(Listing)
        ? [.. Topic.PeekJson(Listing).GetProperty("gguf_split").EnumerateArray().Select(s => s.GetProperty("source").GetString()!).Where(s => Topic.Has($"{s}-source.gguf")).Distinct()]
        : ["absent"];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Parts_become_their_source_again(string source)
    {
        if (!Topic.Has(Listing))
        {
            return;
        }

        JsonElement run = Topic.ReadJson(Listing).GetProperty("gguf_split").EnumerateArray().First(s => s.GetProperty("source").GetString() == source);
        using var scratch = new Scratch();

        await Ckpt.DoneAsync("convert", Topic.Reach(run.GetProperty("parts")[0].GetProperty("name").GetString()!), "--to", "gguf", "--engine-name", source, "--output", scratch.Folder);

        Assert.Equal(run.GetProperty("source_sha256").GetString(), Hash.OfFile(scratch.PathOf($"{source}.gguf")));
    }

    [Fact]
    public async Task Quantizing_parts_gives_the_reference_s_file()
    {
        if (!Topic.Has(Listing) || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        JsonElement run = Topic.ReadJson(Listing).GetProperty("quantise_split_input").EnumerateArray().First(r => r.GetProperty("options").GetArrayLength() == 0);
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("build", DocLlamaData.Model.Reach(), "--engine", "gguf", "--dtype", "f16", "--max-shard-size", "4MB", "--output", scratch.PathOf("parts"));
        string first = Directory.GetFiles(scratch.PathOf("parts"), "*.gguf").Order(StringComparer.Ordinal).First();

        await Ckpt.DoneAsync("build", first, "--engine", "gguf", "--quantization", "q4_k_m", "--engine-name", "qs", "--output", scratch.PathOf("out"));

        Assert.Equal(run.GetProperty("files")[0].GetProperty("sha256").GetString(), Hash.OfFile(scratch.PathOf("out/qs.gguf")));
    }
}
