using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>GGUF files of doc-llama against what llama.cpp's own converter wrote, to the byte.</summary>
public sealed class ConverterTests(ITestOutputHelper output)
{
    private const string Complete = "doc-llama-f32.json";

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/converter");

    public static TheoryData<string> Cases => Topic.Cases(Listings);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Build_gives_the_converter_s_pairs_tensors_and_bytes(string name)
    {
        if (Topic.SaysAbsent(name) || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        JsonElement json = Topic.ReadJson(name);
        var listing = new ConverterListing(json, Topic.ReadJson(Complete));
        string engine = await BuiltEngines.GgufAsync(json.GetProperty("outtype").GetString()!);

        Findings.None(listing.Differences(GgufReader.Read(engine)));
        Assert.Equal(listing.FileHash, Hash.OfFile(engine));
        output.WriteLine($"{engine}: {listing.FileHash}");
    }

    // Listings with flags are of options that the product does not have yet; the ledger names their files.
    private static IEnumerable<string> Listings(GoldenTopic topic) => topic.Files("doc-llama-*.json").Where(f => !topic.PeekJson(f).TryGetProperty("flags", out _));
}
