using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>Types from measurements against llama.cpp's mixes of the same size, on a real model, and on text that the choice has not seen.</summary>
public sealed class AutomaticTypesTests(ITestOutputHelper output)
{
    private const string Text = "valid.txt";

    // The first part is measured on, the second is judged.
    private const int SeenCharacters = 6_000;
    private const int UnseenCharacters = 24_000;

    private static readonly GoldenTopic Texts = GoldenRoot.Topic("gguf/perplexity");

    [Theory]
    [InlineData("q3_k_m")]
    [InlineData("q4_k_m")]
    public void A_choice_diverges_less_than_the_mix_of_the_same_size(string kind)
    {
        if (DocLlamaData.Model.SaysAbsent() || Texts.SaysAbsent() || !Texts.Has(Text))
        {
            return;
        }

        using var scratch = new Scratch();
        string text = File.ReadAllText(Texts.Reach(Text)), seen = scratch.PathOf("seen.txt");
        File.WriteAllText(seen, text[..SeenCharacters]);
        string mix = Build(scratch, new Recipe { Engine = "gguf", Quantization = kind, EngineName = "mix" });
        string chosen = Build(scratch, new Recipe { Engine = "gguf", Quantization = "auto", EngineName = "chosen", EvaluationText = seen, MaxEngineSize = new FileInfo(mix).Length });

        double ofMix = Divergence(mix, text[SeenCharacters..UnseenCharacters]), ofChosen = Divergence(chosen, text[SeenCharacters..UnseenCharacters]);
        output.WriteLine($"{kind}: {new FileInfo(mix).Length} bytes, divergence {ofMix:G4}; auto: {new FileInfo(chosen).Length} bytes, {ofChosen:G4}");
        Assert.True(new FileInfo(chosen).Length <= new FileInfo(mix).Length);
        Assert.True(ofChosen <= ofMix, $"{kind}: auto diverges by {ofChosen}, the mix by {ofMix}");
    }

    private static string Build(Scratch scratch, Recipe recipe)
    {
        using EngineBuild build = EngineBuild.Open(DocLlamaData.Model.Reach(), recipe, new SourceHashes(null), null, new ImportanceCalibrator(DecoderOptions.Default));
        build.Run(scratch.PathOf(recipe.EngineName!), new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, TestContext.Current.CancellationToken);
        return Directory.GetFiles(scratch.PathOf(recipe.EngineName!), "*.gguf").Single();
    }

    private static double Divergence(string engine, string text)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using CheckpointDirectory left = CheckpointDirectory.Open(DocLlamaData.Model.Reach()), right = CheckpointDirectory.Open(engine);
        Checkpoint original = Dialect.Detect(left).Read(left);
        using Decoder a = Decoder.Load(original, DecoderOptions.Default, cancellation), b = Decoder.Load(Dialect.Detect(right).Read(right), DecoderOptions.Default, cancellation);
        ComparisonResult result = ModelComparison.Measure(a, b, Tokenizer.Create(original.TokenizerOrThrow()).Encode(text), PerplexityProtocol.Named("windows"), 512, cancellation);
        return result.MeanDivergence;
    }
}
