using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Reports.Expectations;
using Xunit;

namespace CheckpointBuild.Tests.LlamaCpp;

/// <summary>The real llama.cpp loads the files that we write and computes what it should.</summary>
public sealed class LlamaCppTests
{
    private const int MostTokens = 64;
    private const string WholeFile = "doc-llama-f16.gguf";

    // llama.cpp rounds activations to the weights' type: 8 mantissa bits for bfloat16, 11 for binary16, int8 blocks for Q8_0. The reference's own files are as far off.
    private static readonly Dictionary<string, double> Tolerances = new() { ["f32"] = 1e-3, ["f16"] = 2e-2, ["bf16"] = 0.25, ["q8_0"] = 0.5 };

    public static TheoryData<string> Cases => DocLlamaData.Cases();

    public static TheoryData<string> Types => [.. Tolerances.Keys];

    [Fact]
    public void Converter_s_own_file_gives_the_reference_s_logits()
    {
        GoldenTopic converter = GoldenRoot.Topic("gguf/converter");
        if (DocLlamaData.Expected.SaysAbsent() || SaysWholeFileAbsent(converter))
        {
            return;
        }

        using var model = new LlamaCppModel(converter.Reach(WholeFile));
        Findings.None(Faults(model, Tolerances["f16"]));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Our_file_gives_the_reference_s_logits(string type)
    {
        if (DocLlamaData.Expected.SaysAbsent() || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        using var model = new LlamaCppModel(await BuiltEngines.GgufAsync(type));
        Findings.None(Faults(model, Tolerances[type]));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Our_file_tokenizes_prompts_as_the_reference_does(string type)
    {
        if (DocLlamaData.Expected.SaysAbsent() || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        using var model = new LlamaCppModel(await BuiltEngines.GgufAsync(type));
        foreach (DocLlamaPrompt prompt in DocLlamaData.Prompts())
        {
            Assert.Equal(prompt.Ids, model.Tokenize(prompt.Text));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Our_float32_file_gives_the_reference_s_greedy_ids(string name)
    {
        if (DocLlamaData.SaysAbsent(name))
        {
            return;
        }

        DocLlamaPrompt prompt = DocLlamaData.Prompt(name);
        using var model = new LlamaCppModel(await BuiltEngines.GgufAsync("f32"));

        Assert.Equal(prompt.Greedy, model.Greedy(prompt.Ids, MostTokens, DocLlamaData.EndToken));
    }

    [Fact]
    public async Task Our_float16_file_gives_bit_for_bit_what_the_converter_s_file_gives()
    {
        GoldenTopic converter = GoldenRoot.Topic("gguf/converter");
        if (DocLlamaData.Expected.SaysAbsent() || DocLlamaData.Model.SaysAbsent() || SaysWholeFileAbsent(converter))
        {
            return;
        }

        using var ours = new LlamaCppModel(await BuiltEngines.GgufAsync("f16"));
        using var theirs = new LlamaCppModel(converter.Reach(WholeFile));
        foreach (DocLlamaPrompt prompt in DocLlamaData.Prompts())
        {
            Assert.Equal(theirs.Logits(prompt.Ids), ours.Logits(prompt.Ids));
            Assert.Equal(theirs.Greedy(prompt.Ids, MostTokens, DocLlamaData.EndToken), ours.Greedy(prompt.Ids, MostTokens, DocLlamaData.EndToken));
        }
    }

    private static IEnumerable<string> Faults(LlamaCppModel model, double tolerance) => DocLlamaData.Prompts().SelectMany(p => FloatDistance
        .Faults(model.Logits(p.Ids), DocLlamaData.Expected.ReadFloats(p.LogitsFile), tolerance)
        .Select(fault => $"'{p.Text.Trim()}': {fault}"));

    private static bool SaysWholeFileAbsent(GoldenTopic converter)
    {
        if (!converter.Has(WholeFile))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{GoldenRoot.Folder} has no whole file of the converter's; our file's hash is held against the listing's.");
        }

        return !converter.Has(WholeFile);
    }
}
