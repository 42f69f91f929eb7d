using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>The perplexity of each mix over the whole text, as llama-perplexity measures it.</summary>
/// <remarks>A pass over the text takes some twenty seconds of a processor: <c>CHECKPOINTBUILD_PERPLEXITY=Q4_K_M</c> measures one mix, <c>all</c> every one.</remarks>
public sealed class PerplexityTests(ITestOutputHelper output)
{
    private const string Variable = "CHECKPOINTBUILD_PERPLEXITY";
    private const string None = "none is asked for";
    private const string Listing = "perplexity.json";

    // As the topic's README says: float activations on the same weights, and the tool's own, which are rounded to 8 bits.
    private const double FloatTolerance = 2e-4;
    private const double RoundedTolerance = 1e-3;

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/perplexity");

    public static TheoryData<string, bool> Cases => Topic.Has(Listing)
        ? [.. from row in Rows(Topic.PeekJson(Listing)) where Environment.GetEnvironmentVariable(Variable) is { } asked && (asked == "all" || asked == TypeOf(row)) select (TypeOf(row), HasMatrix(row)), (None, false)]
        : [(None, false)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_mix_has_the_reference_s_perplexity(string type, bool hasMatrix)
    {
        if (type == None || DocLlamaData.Model.SaysAbsent())
        {
            output.WriteLine($"{Variable}: {type}");
            return;
        }

        JsonElement row = Rows(Topic.ReadJson(Listing)).Single(r => TypeOf(r) == type && HasMatrix(r) == hasMatrix);
        using var scratch = new Scratch();
        var recipe = new Recipe { Engine = "gguf", Quantization = type.ToLowerInvariant(), ImportanceMatrix = hasMatrix ? GoldenRoot.Topic("gguf/imatrix").Reach("imatrix.gguf") : null };
        using EngineBuild build = EngineBuild.Open(DocLlamaData.Model.Reach(), recipe, new SourceHashes(null));
        build.Run(scratch.Folder, new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, TestContext.Current.CancellationToken);

        PerplexityResult measured = Measure(Assert.Single(Directory.GetFiles(scratch.Folder, "*.gguf")));

        bool isOfFloats = row.TryGetProperty("ppl_dequantised_weights_float_activations", out JsonElement floats);
        (double expected, double tolerance) = isOfFloats ? (floats.GetDouble(), FloatTolerance) : (row.GetProperty("ppl")[0].GetDouble(), RoundedTolerance);
        output.WriteLine($"{type}: {measured.Perplexity:F4}, {expected} is right");
        Assert.InRange(measured.Perplexity / expected, 1 - tolerance, 1 + tolerance);
    }

    private static PerplexityResult Measure(string file)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(file);
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        int[] ids = Tokenizer.Create(checkpoint.TokenizerOrThrow()).Encode(File.ReadAllText(Topic.Reach(Topic.ReadJson(Listing).GetProperty("text").GetString()!)));
        using Decoder decoder = Decoder.Load(checkpoint, DecoderOptions.Default, TestContext.Current.CancellationToken);
        return Perplexity.Measure(decoder, ids, PerplexityProtocol.Named("llama.cpp"), 0, TestContext.Current.CancellationToken);
    }

    private static JsonElement[] Rows(JsonElement listing) => [.. listing.GetProperty("rows").EnumerateArray()];

    private static string TypeOf(JsonElement row) => row.GetProperty("type").GetString()!;

    private static bool HasMatrix(JsonElement row) => row.GetProperty("imatrix").GetBoolean();
}
