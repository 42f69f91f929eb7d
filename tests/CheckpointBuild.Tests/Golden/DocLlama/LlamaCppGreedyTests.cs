using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Reports.Expectations;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>Greedy continuations of GGUF engines against llama.cpp's, as long as its first choice is clear.</summary>
public sealed class LlamaCppGreedyTests
{
    private const string Listing = "greedy.json";
    private const double Float16Tolerance = 2e-2;

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/runtime");

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach ((string type, int prompt) in Topic.Has(Listing) ? Models(Topic.PeekJson(Listing)).SelectMany(m => Enumerable.Range(0, m.GetProperty("results").GetArrayLength()).Select(p => (TypeOf(m), p))) : [("absent", 0)])
            {
                cases.Add(type, prompt);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_gives_llama_cpp_s_ids_while_its_choice_is_clear(string type, int prompt)
    {
        if (!Topic.Has(Listing) || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        JsonElement result = Models(Topic.ReadJson(Listing)).Single(m => TypeOf(m) == type).GetProperty("results")[prompt];
        int[] ids = result.GetProperty("greedy_ids").Deserialize<int[]>()!;
        int clear = result.GetProperty("top1_minus_top2").Deserialize<double[]>()!.TakeWhile(gap => gap > ClearGap(type)).Count();
        string engine = await BuiltEngines.GgufAsync(type.ToLowerInvariant());

        CkptResult run = await Ckpt.DoneAsync("run", engine, "--prompt", result.GetProperty("prompt").GetString()!, "--max-tokens", "48", "--temperature", "0", "--ids");

        // The end token is listed by the reference, and not printed by us.
        Assert.Equal(ids.Take(clear).TakeWhile(id => id != DocLlamaData.EndToken), Assert.Single(run.IdLines).Take(Math.Min(clear, ids.TakeWhile(id => id != DocLlamaData.EndToken).Count())));
    }

    [Fact]
    public async Task Logits_of_the_float16_engine_are_llama_cpp_s()
    {
        if (!Topic.Has("first-logits-F16.f32") || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        JsonElement model = Models(Topic.ReadJson(Listing)).Single(m => TypeOf(m) == "F16");
        string engine = await BuiltEngines.GgufAsync("f16");
        float[] expected = Topic.ReadFloats("first-logits-F16.f32");
        int vocabulary = expected.Length / model.GetProperty("results").GetArrayLength();
        for (int prompt = 0; prompt < model.GetProperty("results").GetArrayLength(); prompt++)
        {
            using var scratch = new Scratch();
            await Ckpt.DoneAsync("logits", engine, "--ids", string.Join(',', model.GetProperty("results")[prompt].GetProperty("prompt_ids").Deserialize<int[]>()!), "--output", scratch.PathOf("logits.f32"));
            Findings.None(FloatDistance.Faults(FloatsClose.Read(scratch.PathOf("logits.f32"))[^vocabulary..], expected[(prompt * vocabulary)..((prompt + 1) * vocabulary)], Float16Tolerance));
        }
    }

    private static JsonElement[] Models(JsonElement listing) => [.. listing.GetProperty("models").EnumerateArray()];

    private static string TypeOf(JsonElement model) => model.GetProperty("type").GetString()!;

    // llama.cpp rounds activations of quantized weights to 8 bits; the topic's README says from which gap on that cannot matter.
    private static double ClearGap(string type) => type switch
    {
        "F16" => 0.05,
        "Q8_0" => 0.5,
        _ => 1.0,
    };
}
