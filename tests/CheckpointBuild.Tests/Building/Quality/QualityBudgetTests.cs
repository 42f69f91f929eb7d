using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Building.Quality;

/// <summary>What an engine must keep of its source.</summary>
public sealed class QualityBudgetTests : IDisposable
{
    private readonly JudgedModel _judged = new();

    public void Dispose() => _judged.Dispose();

    [Fact]
    public void An_engine_that_diverges_too_far_is_refused_by_figure_protocol_matrices_and_a_better_type()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => _judged.Build(_judged.Recipe with { MaxKlDivergence = Measured(_judged.Recipe).MeanDivergence / 20 }));

        Assert.Equal("CKPT3080", error.Code);
        Assert.Contains("the mean KL divergence is ", error.Message, StringComparison.Ordinal);
        Assert.Contains("(windows/128, MaxKlDivergence allows ", error.Message, StringComparison.Ordinal);
        Assert.Contains("blk.", error.Message, StringComparison.Ordinal);
        Assert.Contains("(q4_0, weight error ", error.Message, StringComparison.Ordinal);
        Assert.Matches("Quantization=(q5_|q6_|q8_)[a-z0-9_]+ is estimated to fit", error.Message);
    }

    [Fact]
    public void The_suggested_type_keeps_the_budget()
    {
        Recipe recipe = _judged.Recipe with { MaxKlDivergence = Measured(_judged.Recipe).MeanDivergence / 20 };
        string message = Assert.Throws<CheckpointException>(() => _judged.Build(recipe)).Message;
        string suggested = message[(message.IndexOf("Quantization=", StringComparison.Ordinal) + "Quantization=".Length)..].Split(' ')[0];

        Assert.True(_judged.Build(recipe with { Quantization = suggested }).TryGetProperty("quality", out _));
    }

    [Fact]
    public void An_engine_whose_perplexity_rises_too_far_is_refused()
    {
        Recipe coarse = _judged.Recipe with { Quantization = "q2_k", MaxPerplexityIncrease = 0 };
        ComparisonResult measured = Measured(coarse with { MaxPerplexityIncrease = null });
        Assert.True(measured.PerplexityIncrease > 0, "The text must be one that the engine predicts worse.");

        CheckpointException error = Assert.Throws<CheckpointException>(() => _judged.Build(coarse));

        Assert.Equal("CKPT3080", error.Code);
        Assert.Contains("(windows/128, MaxPerplexityIncrease allows 0 %)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_engine_leaves_the_old_one_and_nothing_else()
    {
        _judged.Build(_judged.Recipe with { Quantization = "q8_0" });
        string[] names = Files();
        byte[] old = File.ReadAllBytes(Path.Combine(_judged.Output, "tiny.gguf"));

        Assert.Throws<CheckpointException>(() => _judged.Build(_judged.Recipe with { MaxKlDivergence = 0 }));

        Assert.Equal(names, Files());
        Assert.Equal(old, File.ReadAllBytes(Path.Combine(_judged.Output, "tiny.gguf")));
    }

    [Fact]
    public void A_refused_engine_never_enters_the_store()
    {
        string store = _judged.PathOf("store");
        using EngineBuild build = _judged.Open(_judged.Recipe with { MaxKlDivergence = 0 });

        Assert.Equal("CKPT3080", Assert.Throws<CheckpointException>(() => new Store(store).GetOrBuild(build, new BuilderOptions { Durability = Durability.Cached }, StoreUse.Normal, _ => { }, TestContext.Current.CancellationToken)).Code);

        Assert.Empty(Directory.GetFiles(store, "*.gguf", SearchOption.AllDirectories));
    }

    [Fact]
    public void An_engine_within_its_budgets_has_what_a_comparison_of_its_file_measures()
    {
        JsonElement quality = _judged.Build(_judged.Recipe with { MaxKlDivergence = 10, MaxPerplexityIncrease = 1 }).GetProperty("quality");

        ComparisonResult figures = Compare(Path.Combine(_judged.Output, "tiny.gguf"));
        Assert.Equal("windows/128", quality.GetProperty("protocol_id").GetString());
        Assert.Equal(figures.MeanDivergence, quality.GetProperty("kl_mean").GetDouble());
        Assert.Equal(figures.OtherPerplexity, quality.GetProperty("perplexity_b").GetDouble());
        Assert.Equal(10, quality.GetProperty("max_kl_divergence").GetDouble());
        Assert.Equal(15, quality.GetProperty("weight_errors").GetArrayLength());
    }

    [Fact]
    public void A_budget_changes_the_key_and_the_place_of_the_text_does_not()
    {
        string elsewhere = _judged.Write("elsewhere.txt", File.ReadAllText(_judged.Text));

        string judged = Key(_judged.Recipe), moved = Key(_judged.Recipe with { EvaluationText = elsewhere }), tighter = Key(_judged.Recipe with { MaxKlDivergence = 1 }), plain = Key(_judged.Recipe with { EvaluationText = null });

        Assert.Equal(judged, moved);
        Assert.Equal(3, new[] { judged, tighter, plain }.Distinct().Count());
    }

    [Fact]
    public void What_cannot_be_judged_is_refused_before_any_work()
    {
        Assert.Equal("CKPT3082", Refusal(_judged.Recipe with { EvaluationText = null, MaxKlDivergence = 1 }));
        Assert.Equal("CKPT3082", Refusal(_judged.Recipe with { EvaluationText = null, MaxPerplexityIncrease = 1 }));
        Assert.Equal("CKPT3085", Refusal(_judged.Recipe with { EvaluationText = _judged.Write("short.txt", "too short") }));
        Assert.Equal("CKPT3086", Refusal(new Recipe { Engine = "tensorrt-llm", Quantization = "w8a16", EvaluationText = _judged.Text }));
        Assert.Equal("CKPT3081", Assert.Throws<CheckpointException>(() => EngineBuild.Open(_judged.Model, _judged.Recipe, new SourceHashes(null))).Code);
        Assert.False(Directory.Exists(_judged.Output));
    }

    [Fact]
    public void Judging_leaves_the_bytes_as_they_are()
    {
        _judged.Build(_judged.Recipe);
        byte[] judged = File.ReadAllBytes(Path.Combine(_judged.Output, "tiny.gguf"));

        _judged.Build(_judged.Recipe with { EvaluationText = null });

        Assert.Equal(judged, File.ReadAllBytes(Path.Combine(_judged.Output, "tiny.gguf")));
    }

    [Theory]
    [InlineData("huggingface")]
    [InlineData("torchtune")]
    public void Engines_of_every_readable_target_are_judged(string engine)
    {
        JsonElement quality = _judged.Build(new Recipe { Engine = engine, EvaluationText = _judged.Text, MaxKlDivergence = 1e-12 }).GetProperty("quality");

        Assert.InRange(quality.GetProperty("kl_mean").GetDouble(), 0, 1e-12);
    }

    private string[] Files() => [.. Directory.GetFileSystemEntries(_judged.Output, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private string Refusal(Recipe recipe) => Assert.Throws<CheckpointException>(() => _judged.Open(recipe)).Code;

    private string Key(Recipe recipe)
    {
        using EngineBuild build = _judged.Open(recipe);
        return build.Key(HashTrust.ReadAgain, TestContext.Current.CancellationToken);
    }

    private ComparisonResult Measured(Recipe recipe)
    {
        _judged.Build(recipe);
        ComparisonResult result = Compare(Path.Combine(_judged.Output, "tiny.gguf"));
        Directory.Delete(_judged.Output, recursive: true);
        return result;
    }

    private ComparisonResult Compare(string engine)
    {
        using CheckpointDirectory left = CheckpointDirectory.Open(_judged.Model), right = CheckpointDirectory.Open(engine);
        Checkpoint original = Dialect.Detect(left).Read(left), other = Dialect.Detect(right).Read(right);
        var options = new DecoderOptions { ThreadCount = 1 };
        using Decoder a = Decoder.Load(original, options, TestContext.Current.CancellationToken), b = Decoder.Load(other, options, TestContext.Current.CancellationToken);
        int[] ids = Tokenizer.Create(original.TokenizerOrThrow()).Encode(File.ReadAllText(_judged.Text));
        return ModelComparison.Measure(a, b, ids, PerplexityProtocol.Named("windows"), 128, TestContext.Current.CancellationToken);
    }
}
