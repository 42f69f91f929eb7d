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

    // llama.cpp rounds activations to the weights' type: 8 mantissa bits for bfloat16, 11 for binary16, int8 blocks for Q8_0. The reference's own files are as far off.
    private static readonly Dictionary<string, double> Tolerances = new() { ["f32"] = 1e-3, ["f16"] = 2e-2, ["bf16"] = 0.25, ["q8_0"] = 0.5 };

    public static TheoryData<string> Cases => DocLlamaData.Cases();

    public static TheoryData<string> Types => [.. Tolerances.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Our_file_gives_the_reference_s_logits(string type)
    {
        if (DocLlamaData.Expected.SaysAbsent() || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        using var model = new LlamaCppModel(await BuiltEngines.GgufAsync(type));
        Findings.None(DocLlamaData.Prompts().SelectMany(p => FloatDistance
            .Faults(model.Logits(p.Ids), DocLlamaData.Expected.ReadFloats(p.LogitsFile), Tolerances[type])
            .Select(fault => $"'{p.Text.Trim()}': {fault}")));
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
        if (DocLlamaData.Expected.SaysAbsent() || DocLlamaData.Model.SaysAbsent() || !converter.Has("doc-llama-f16.gguf"))
        {
            TestContext.Current.TestOutputHelper?.WriteLine("The lean copy has no whole file of the reference's; its hash is compared with the listing's instead.");
            return;
        }

        using var ours = new LlamaCppModel(await BuiltEngines.GgufAsync("f16"));
        using var theirs = new LlamaCppModel(converter.Reach("doc-llama-f16.gguf"));
        foreach (DocLlamaPrompt prompt in DocLlamaData.Prompts())
        {
            Assert.Equal(theirs.Logits(prompt.Ids), ours.Logits(prompt.Ids));
            Assert.Equal(theirs.Greedy(prompt.Ids, MostTokens, DocLlamaData.EndToken), ours.Greedy(prompt.Ids, MostTokens, DocLlamaData.EndToken));
        }
    }
}
