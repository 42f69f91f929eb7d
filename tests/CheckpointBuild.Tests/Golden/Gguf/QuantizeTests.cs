using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>GGUF files of doc-llama in every kind against what <c>llama-quantize</c> made of the float16 file, to the byte: straight from the Hugging Face folder, without a float16 file between.</summary>
public sealed class QuantizeTests(ITestOutputHelper output)
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/quantize");

    private const string OtherSourcesListing = "doc-llama-other-sources.json";
    private const string ThreadsListing = "threads-and-backends.json";

    public static TheoryData<string> Cases => Topic.Cases(topic => Listings(topic).SelectMany(l => Runs(topic, l).Where(IsCase).Select(r => $"{l}: {r.Name}")));

    public static TheoryData<string> OtherSources => Topic.CasesOfKind("runs from other float files", topic => RunsOfOtherSources(topic).Select(NameOf));

    public static TheoryData<string> ThreadCases => Topic.CasesOfKind("runs with numbers of threads", topic => RunsOfThreads(topic).Select(r => r.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Build_gives_the_quantizer_s_types_tensors_and_bytes(string name)
    {
        if (Topic.SaysAbsent(name) || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        string listing = name[..name.IndexOf(':', StringComparison.Ordinal)];
        QuantizeRun run = Runs(Topic, listing).Single(r => $"{listing}: {r.Name}" == name);
        Recipe recipe = run.Recipe(Matrix);
        if (run.IsRefused)
        {
            CheckpointException refusal = Assert.Throws<CheckpointException>(() => EngineBuild.Open(DocLlamaData.Model.Reach(), recipe, new SourceHashes(null)));
            output.WriteLine(refusal.Message);
            return;
        }

        using var scratch = new Scratch();
        using var first = new Scratch();
        string file = run.SourceKind is { } kind
            ? Build(Build(DocLlamaData.Model.Reach(), new Recipe { Engine = "gguf", Quantization = kind, IntermediateDType = DTypes.DType.F16 }, first), recipe with { IntermediateDType = null }, scratch)
            : Build(DocLlamaData.Model.Reach(), recipe, scratch);

        GgufReader read = GgufReader.Read(file);
        if (run.Listed.TryGetProperty("tensor_types", out _))
        {
            Assert.Equal(run.Types, read.Tensors.Select(t => t.Type.Name));
            Assert.Equal(run.Hashes, read.Tensors.Select(t => Hash.Of(t.Data)[..32]));
        }

        Assert.Equal(run.FileHash, Hash.OfFile(file));
    }

    [Theory]
    [MemberData(nameof(OtherSources))]
    public async Task A_file_of_another_float_type_gives_the_quantizer_s_file(string name)
    {
        if (Topic.SaysAbsent(name) || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        (string source, QuantizeRun run) = RunsOfOtherSources(Topic).Single(r => NameOf(r) == name);
        string file = await BuiltEngines.GgufAsync(TypeOf(source));
        using var scratch = new Scratch();


        Assert.Equal(run.FileHash, Hash.OfFile(Build(file, run.Recipe(Matrix) with { IntermediateDType = null }, scratch)));
    }

    [Theory]
    [MemberData(nameof(ThreadCases))]
    public void Bytes_do_not_depend_on_the_number_of_threads(string name)
    {
        if (Topic.SaysAbsent(name) || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        QuantizeRun run = RunsOfThreads(Topic).Single(r => r.Name == name), listed = Runs(Topic, "doc-llama.json").Single(r => r.Name == name);
        Assert.All([1, 2, 8], workers =>
        {
            using var scratch = new Scratch();
            Assert.Equal(listed.FileHash, Hash.OfFile(Build(DocLlamaData.Model.Reach(), run.Recipe(Matrix), scratch, workers)));
        });
    }

    [Fact]
    public void Runs_that_the_product_cannot_be_asked_for_are_a_few_that_are_known()
    {
        if (!Topic.SaysAbsent())
        {
            Findings.None(Listings(Topic).SelectMany(l => Runs(Topic, l)).Where(r => !IsCase(r) && !IsLeftOut(r)).Select(r => r.Name));
        }
    }

    private static string Build(string source, Recipe recipe, Scratch scratch, int? workers = null)
    {
        using EngineBuild build = EngineBuild.Open(source, recipe, new SourceHashes(null));
        build.Run(scratch.Folder, new BuilderOptions { Durability = Durability.Cached, Workers = workers ?? Environment.ProcessorCount }, HashTrust.Remembered, CancellationToken.None);
        return Assert.Single(Directory.GetFiles(scratch.Folder, "*.gguf"));
    }

    private static string Matrix(string name) => GoldenRoot.Topic("gguf/imatrix").Reach(name);

    // NVFP4, which the tool has no kind for, and a second quantization that the tool refuses unless told and the product warns of.
    private static bool IsLeftOut(QuantizeRun run) => run.Type == "NVFP4" || (run.SourceKind is not null && run.IsRefused);

    private static bool IsCase(QuantizeRun run) => run.IsKnown && !IsLeftOut(run);

    private static IEnumerable<string> Listings(GoldenTopic topic) => topic.Files("doc-llama*.json").Where(f => topic.PeekJson(f).TryGetProperty("runs", out _));

    private static IEnumerable<QuantizeRun> Runs(GoldenTopic topic, string listing) => topic.ReadJson(listing).GetProperty("runs").EnumerateArray().Select(r => new QuantizeRun(r));

    private static IEnumerable<(string Source, QuantizeRun Run)> RunsOfOtherSources(GoldenTopic topic) => topic.Has(OtherSourcesListing)
        ? topic.ReadJson(OtherSourcesListing).GetProperty("other_sources").EnumerateArray().SelectMany(s => s.GetProperty("runs").EnumerateArray().Select(r => (s.GetProperty("source").GetString()!, new QuantizeRun(r))).Where(r => r.Item2.IsKnown && !r.Item2.IsRefused))
        : [];

    private static IEnumerable<QuantizeRun> RunsOfThreads(GoldenTopic topic) => topic.Has(ThreadsListing)
        ? topic.ReadJson(ThreadsListing).GetProperty("thread_and_backend").EnumerateArray().Select(r => new QuantizeRun(r)).Where(r => r.IsKnown)
        : [];

    private static string NameOf((string Source, QuantizeRun Run) run) => $"{run.Source}: {run.Run.Name}";

    // doc-llama-f32.gguf was made by the converter's --outtype f32.
    private static string TypeOf(string source) => Path.GetFileNameWithoutExtension(source).Split('-')[^1];
}
