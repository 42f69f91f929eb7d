using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using Xunit;

namespace CheckpointBuild.Tests.Building.Quality;

/// <summary>Types that follow from measurements.</summary>
public sealed class AutomaticTypesTests : IDisposable
{
    private readonly JudgedModel _judged = new();

    public void Dispose() => _judged.Dispose();

    [Fact]
    public void A_choice_keeps_its_size_and_is_recorded()
    {
        long most = SizeOf("q5_0");

        JsonElement report = _judged.Build(Automatic with { MaxEngineSize = most });

        JsonElement choice = report.GetProperty("automatic");
        Assert.InRange(new FileInfo(Engine).Length, 1, most);
        Assert.Equal("windows/128", choice.GetProperty("protocol_id").GetString());
        Assert.Equal(15, choice.GetProperty("tensors").GetArrayLength());
        Assert.Contains(choice.GetProperty("alternatives").EnumerateArray(), a => a.GetProperty("name").GetString() == choice.GetProperty("chosen").GetString());
        Assert.Equal(
            choice.GetProperty("tensors").EnumerateArray().Select(t => (t.GetProperty("name").GetString(), t.GetProperty("dtype").GetString())).Order(),
            report.GetProperty("tensors").EnumerateArray().Select(t => (t.GetProperty("name").GetString(), t.GetProperty("dtype").GetString())).Where(t => !t.Item1!.Contains("norm", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void A_choice_is_the_same_on_any_number_of_threads()
    {
        Recipe recipe = Automatic with { MaxEngineSize = SizeOf("q4_1") };
        _judged.Build(recipe, threads: 1);
        byte[] first = File.ReadAllBytes(Engine);

        _judged.Build(recipe, threads: 3);

        Assert.Equal(first, File.ReadAllBytes(Engine));
    }

    [Theory]
    [InlineData("q4_0")]
    [InlineData("q5_1")]
    [InlineData("q8_0")]
    public void A_choice_never_diverges_more_than_the_kind_of_the_same_size(string kind)
    {
        double fixedKind = _judged.Build(_judged.Recipe with { Quantization = kind }).GetProperty("quality").GetProperty("kl_mean").GetDouble();

        double chosen = _judged.Build(Automatic with { MaxEngineSize = SizeOf(kind) }).GetProperty("quality").GetProperty("kl_mean").GetDouble();

        Assert.InRange(chosen, 0, fixedKind);
    }

    [Fact]
    public void A_quality_budget_is_kept_by_an_engine_smaller_than_the_kind_that_keeps_it()
    {
        double most = _judged.Build(_judged.Recipe with { Quantization = "q5_1" }).GetProperty("quality").GetProperty("kl_mean").GetDouble();
        long size = new FileInfo(Engine).Length;

        double chosen = _judged.Build(Automatic with { MaxKlDivergence = most }).GetProperty("quality").GetProperty("kl_mean").GetDouble();

        Assert.InRange(chosen, 0, most);
        Assert.InRange(new FileInfo(Engine).Length, 1, size);
    }

    [Fact]
    public void What_a_user_fixed_is_measured_with_the_choice()
    {
        JsonElement report = _judged.Build(Automatic with { MaxEngineSize = SizeOf("q8_0"), TensorTypes = [new TensorTypeRule("ffn_down", DType.All.First(t => t.Name == "Q4_0"))] });

        JsonElement choice = report.GetProperty("automatic");
        double said = choice.GetProperty("alternatives").EnumerateArray().First(a => a.GetProperty("name").GetString() == choice.GetProperty("chosen").GetString()).GetProperty("kl_mean").GetDouble();
        Assert.Equal(report.GetProperty("quality").GetProperty("kl_mean").GetDouble(), said, 1e-9);
    }

    [Fact]
    public void A_choice_is_refused_where_even_the_smallest_types_are_too_large()
    {
        Assert.Equal("CKPT4071", Refusal(Automatic with { MaxEngineSize = 1000 }));
    }

    [Fact]
    public void A_choice_without_budget_or_text_is_refused_by_code()
    {
        Assert.Equal("CKPT3083", Refusal(Automatic));
        Assert.Equal("CKPT3084", Refusal(Automatic with { MaxEngineSize = 1 << 20, EvaluationText = null }));
        Assert.Equal("CKPT9006", Refusal(Automatic with { MaxEngineSize = 1 << 20, PruneLayers = [0] }));
    }

    [Fact]
    public void A_choice_of_types_and_one_type_for_all_are_refused_together() =>
        Assert.Equal("CKPT9006", Refusal(Automatic with { MaxEngineSize = 1 << 20, Pure = Purity.Pure }));

    [Fact]
    public void A_calibrator_that_cannot_judge_is_refused_by_code()
    {
        using EngineBuild build = EngineBuild.Open(_judged.Model, Automatic with { MaxEngineSize = 1 << 20 }, new SourceHashes(null), null, new Deaf());

        Assert.Equal("CKPT3081", Assert.Throws<CheckpointException>(() => build.Run(_judged.Output, new BuilderOptions(), HashTrust.Remembered, TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public void What_refuses_every_kind_is_named_as_it_is_of_a_kind()
    {
        string matrix = _judged.PathOf("foreign.imatrix");
        using (var writer = new BinaryWriter(File.Create(matrix)))
        {
            // The older form: one entry, of a tensor that the model lacks, with one call and one value.
            writer.Write(1);
            writer.Write(7);
            writer.Write("another"u8);
            writer.Write(1);
            writer.Write(1);
            writer.Write(1f);
            writer.Write(1);
            writer.Write(0);
        }

        Assert.Equal("CKPT3090", Refusal(Automatic with { MaxEngineSize = 1 << 20, ImportanceMatrix = matrix }));
    }

    [Fact]
    public void What_the_user_fixed_stays()
    {
        var rule = new TensorTypeRule("ffn_down", DType.Q8_0);

        JsonElement report = _judged.Build(Automatic with { MaxEngineSize = 90_000, TensorTypes = [rule], TokenEmbeddingType = DType.F16 });

        Assert.All(report.GetProperty("tensors").EnumerateArray().Where(t => rule.Matches(t.GetProperty("name").GetString()!)), t => Assert.Equal("q8_0", t.GetProperty("dtype").GetString()));
        Assert.Equal("float16", report.GetProperty("tensors").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "token_embd.weight").GetProperty("dtype").GetString());
    }

    private Recipe Automatic => _judged.Recipe with { Quantization = "auto" };

    private string Engine => Path.Combine(_judged.Output, "tiny.gguf");

    private string Refusal(Recipe recipe) => Assert.Throws<CheckpointException>(() => _judged.Open(recipe)).Code;

    private long SizeOf(string kind)
    {
        using EngineBuild build = _judged.Open(_judged.Recipe with { Quantization = kind, EvaluationText = null });
        return build.Plan.Files.Sum(f => f.Length);
    }

    /// <summary>One that calibrates and cannot judge.</summary>
    private sealed class Deaf : Calibrator
    {
        public override IReadOnlyDictionary<TensorRole, ChannelSums> SumSquares(Checkpoint checkpoint, ReadOnlyMemory<int> ids, int window, CancellationToken cancellation) => new Dictionary<TensorRole, ChannelSums>();

        public override IReadOnlyDictionary<TensorRole, ModuleStatistics> LargestMagnitudes(Checkpoint checkpoint, IReadOnlyList<ReadOnlyMemory<int>> sequences, Action<long, long>? progress, CancellationToken cancellation) => new Dictionary<TensorRole, ModuleStatistics>();
    }
}
