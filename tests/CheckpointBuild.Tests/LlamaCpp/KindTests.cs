using System;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.LlamaCpp;

/// <summary>The real llama.cpp loads every kind of file that we quantize, and our runtime computes what it computes.</summary>
public sealed class KindTests(ITestOutputHelper output)
{
    // llama.cpp rounds activations to 8 bits in blocks of 256; the logits of the small model spread over some 20.
    private const double Tolerance = 1.5;

    // What a build of llama.cpp says of a type that it does not know.
    private static readonly string[] Unknown = ["invalid ggml type", "unknown type", "failed to read tensor info", "failed to load model"];

    private static readonly GoldenTopic Matrices = GoldenRoot.Topic("gguf/imatrix");

    public static TheoryData<string> Kinds => [.. GgufFileType.All.Where(k => k.IsQuantizer).Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LlamaCpp_and_our_runtime_agree_on_a_file_of_every_kind(string kind)
    {
        if (DocLlamaData.Expected.SaysAbsent() || DocLlamaData.Model.SaysAbsent() || Matrices.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        string file = Assert.Single(Build(scratch, new Recipe { Engine = "gguf", Quantization = kind, ImportanceMatrix = Matrices.Reach("imatrix.gguf") }));
        DocLlamaPrompt prompt = DocLlamaData.Prompts()[0];
        float[] ours = Logits(file, prompt);
        float[] theirs;
        try
        {
            using var model = new LlamaCppModel(file);
            theirs = model.Logits(prompt.Ids);
        }
        catch (InvalidOperationException e) when (kind is "q1_0" or "q2_0" && Unknown.Any(u => e.Message.Contains(u, StringComparison.OrdinalIgnoreCase)))
        {
            // Newer than the library that the tests bind.
            output.WriteLine($"{kind}: {e.Message}");
            return;
        }

        double worst = ours.Zip(theirs[^ours.Length..]).Max(l => Math.Abs((double)l.First - l.Second));
        output.WriteLine($"{kind}: {worst:F3}");
        Assert.True(worst <= Tolerance, $"{kind}: a logit is {worst:F3} off");
    }

    [Fact]
    public void LlamaCpp_loads_a_model_in_parts()
    {
        if (DocLlamaData.Expected.SaysAbsent() || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        string[] whole = Build(scratch, new Recipe { Engine = "gguf", Quantization = "q4_k_m", EngineName = "whole" });
        string[] parts = Build(scratch, new Recipe { Engine = "gguf", Quantization = "q4_k_m", EngineName = "parts", MaxShardSize = 1_000_000 });

        Assert.True(parts.Length > 2);
        DocLlamaPrompt prompt = DocLlamaData.Prompts()[0];
        using LlamaCppModel left = new(whole[0]), right = new(parts.Order(StringComparer.Ordinal).First());
        Assert.Equal(left.Logits(prompt.Ids), right.Logits(prompt.Ids));
    }

    private static string[] Build(Scratch scratch, Recipe recipe)
    {
        string folder = scratch.PathOf(recipe.EngineName ?? "engine");
        using EngineBuild build = EngineBuild.Open(DocLlamaData.Model.Reach(), recipe, new SourceHashes(null));
        build.Run(folder, new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, CancellationToken.None);
        return Directory.GetFiles(folder, "*.gguf");
    }

    private static float[] Logits(string file, DocLlamaPrompt prompt)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(file);
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        using Decoder decoder = Decoder.Load(checkpoint, DecoderOptions.Default);
        return decoder.Forward([.. prompt.Ids]).ToArray();
    }
}
