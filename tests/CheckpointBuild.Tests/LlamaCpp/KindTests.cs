using System;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.LlamaCpp;

/// <summary>The real llama.cpp loads every kind of file that we quantize, and our runtime computes what it computes.</summary>
public sealed class KindTests(ITestOutputHelper output)
{
    // llama.cpp rounds activations to 8 bits in blocks of 256; the logits of the small model spread over some 20.
    private const double Tolerance = 1.5;

    // llama.cpp rounds activations to 8 bits, we do not: over one window that moves the perplexity by some tenths of a percent.
    private const double PerplexityTolerance = 0.01;

    private const int Window = 512;
    private const int WindowCharacters = 8_000;
    private const string Text = "valid.txt";

    private static readonly GoldenTopic Texts = GoldenRoot.Topic("gguf/perplexity");

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

    [Theory]
    [InlineData("q8_0")]
    [InlineData("q6_k")]
    [InlineData("q5_k_m")]
    [InlineData("q4_k_m")]
    [InlineData("q4_0")]
    [InlineData("q3_k_m")]
    [InlineData("q2_k")]
    [InlineData("iq4_xs")]
    [InlineData("iq3_s")]
    public void A_mix_has_the_perplexity_that_llama_cpp_computes_from_its_own_logits(string kind)
    {
        if (DocLlamaData.Model.SaysAbsent() || Texts.SaysAbsent() || !Texts.Has(Text))
        {
            return;
        }

        using var scratch = new Scratch();
        string file = Assert.Single(Build(scratch, new Recipe { Engine = "gguf", Quantization = kind }));
        using CheckpointDirectory directory = CheckpointDirectory.Open(file);
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        int[] ids = Tokenizer.Create(checkpoint.TokenizerOrThrow()).Encode(File.ReadAllText(Texts.Reach(Text))[..WindowCharacters])[..Window];
        using Decoder decoder = Decoder.Load(checkpoint, DecoderOptions.Default, TestContext.Current.CancellationToken);
        PerplexityResult ours = Perplexity.Measure(decoder, ids, PerplexityProtocol.Named("llama.cpp"), Window, TestContext.Current.CancellationToken);

        // llama-perplexity's rule by hand: the begin token first, predictions of positions 256 to 510.
        ids[0] = checkpoint.Config.BeginToken!.Value;
        using var model = new LlamaCppModel(file);
        float[][] logits = [.. model.Logits(ids).Chunk(checkpoint.Config.VocabularySize)];
        double theirs = Math.Exp(Enumerable.Range(Window / 2, (Window / 2) - 1).Average(i => NegativeLogLikelihood(logits[i], ids[i + 1])));

        output.WriteLine($"{kind}: ours {ours.Perplexity:F4}, llama.cpp {theirs:F4} ({ours.ProtocolId})");
        Assert.Equal("llama.cpp/512", ours.ProtocolId);
        Assert.InRange(ours.Perplexity / theirs, 1 - PerplexityTolerance, 1 + PerplexityTolerance);
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

    [Fact]
    public void LlamaCpp_computes_from_our_parts_what_it_computes_from_the_reference_s()
    {
        GoldenTopic split = GoldenRoot.Topic("gguf/split");
        if (split.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        string[] parts = Build(scratch, new Recipe { Engine = "gguf", MaxShardSize = 60_000 }, split.Reach("tiny-source.gguf"));

        Assert.True(parts.Length > 2);
        int[] ids = [3, 1, 4, 1, 5, 9];
        using LlamaCppModel theirs = new(split.Reach("tiny-00001-of-00003.gguf")), ours = new(parts.Order(StringComparer.Ordinal).First());
        Assert.Equal(theirs.Logits(ids), ours.Logits(ids));
    }

    private static string[] Build(Scratch scratch, Recipe recipe) => Build(scratch, recipe, DocLlamaData.Model.Reach());

    private static string[] Build(Scratch scratch, Recipe recipe, string source)
    {
        string folder = scratch.PathOf(recipe.EngineName ?? "engine");
        using EngineBuild build = EngineBuild.Open(source, recipe, new SourceHashes(null));
        build.Run(folder, new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, CancellationToken.None);
        return Directory.GetFiles(folder, "*.gguf");
    }

    private static double NegativeLogLikelihood(float[] logits, int token)
    {
        double largest = logits.Max();
        return Math.Log(logits.Sum(l => Math.Exp(l - largest))) + largest - logits[token];
    }

    private static float[] Logits(string file, DocLlamaPrompt prompt)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(file);
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        using Decoder decoder = Decoder.Load(checkpoint, DecoderOptions.Default);
        return decoder.Forward([.. prompt.Ids]).ToArray();
    }
}
