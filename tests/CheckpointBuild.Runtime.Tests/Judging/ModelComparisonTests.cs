using System;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Runtime.Tests.Support;
using CheckpointBuild.Tensors.Views;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Judging;

/// <summary>How far one model is from another.</summary>
public sealed class ModelComparisonTests
{
    private static readonly int[] Ids = [.. Enumerable.Range(0, 70).Select(i => i * 7 % 51)];

    [Fact]
    public void A_model_is_no_way_from_itself()
    {
        ComparisonResult result = Compare(new TinyModel().Checkpoint, new TinyModel().Checkpoint);

        Assert.Equal((0d, 0d, 1d), (result.MeanDivergence, result.LargestDivergence, result.SameTop));
        Assert.Equal(result.OriginalPerplexity, result.OtherPerplexity);
    }

    [Fact]
    public void A_coarser_model_is_further_away()
    {
        Checkpoint original = new TinyModel { Hidden = 64, FeedForward = 64 }.Checkpoint;

        ComparisonResult fine = Compare(original, Cast(original, "Q8_0")), coarse = Compare(original, Cast(original, "Q4_0"));

        Assert.InRange(fine.MeanDivergence, double.Epsilon, coarse.MeanDivergence);
        Assert.True(fine.HighDivergence <= fine.LargestDivergence);
    }

    [Fact]
    public void Weight_errors_name_the_worst_matrix_first()
    {
        Checkpoint original = new TinyModel { Hidden = 64, FeedForward = 64 }.Checkpoint;

        double[] errors = [.. WeightErrors.Of(original, Cast(original, "Q4_0"), TestContext.Current.CancellationToken).Select(e => e.Relative)];

        Assert.Equal(errors.OrderDescending(), errors);
        Assert.InRange(errors[0], 1e-3, 0.2);
        Assert.All(WeightErrors.Of(original, original, TestContext.Current.CancellationToken), e => Assert.Equal(0, e.Relative));
    }

    [Fact]
    public void Measure_refuses_what_does_not_fit()
    {
        Checkpoint model = new TinyModel().Checkpoint;
        Checkpoint other = model with { Config = model.Config with { VocabularySize = 50 } };
        using Decoder left = Load(model);
        Assert.Equal("CKPT5007", Assert.Throws<CheckpointException>(() => ModelComparison.Measure(left, left, Ids.AsSpan(0, 20), PerplexityProtocol.Named("windows"), 32, TestContext.Current.CancellationToken)).Code);
        Assert.Equal("CKPT5012", Assert.Throws<CheckpointException>(() => ModelComparison.Measure(left, left, Ids, PerplexityProtocol.Named("windows"), 1, TestContext.Current.CancellationToken)).Code);
        Assert.Equal("CKPT5070", Assert.Throws<CheckpointException>(() =>
        {
            using Decoder right = Load(other);
            ModelComparison.Measure(left, right, Ids, PerplexityProtocol.Named("windows"), 32, TestContext.Current.CancellationToken);
        }).Code);
    }

    private static ComparisonResult Compare(Checkpoint original, Checkpoint other)
    {
        using Decoder left = Load(original), right = Load(other);
        return ModelComparison.Measure(left, right, Ids, PerplexityProtocol.Named("windows"), 32, TestContext.Current.CancellationToken);
    }

    private static Decoder Load(Checkpoint checkpoint) => Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);

    private static Checkpoint Cast(Checkpoint checkpoint, string dtype) => checkpoint with
    {
        Tensors = new RoleTable(checkpoint.Tensors.Select(t => new System.Collections.Generic.KeyValuePair<TensorRole, Tensors.Tensor>(
            t.Key, t.Value.Shape.Rank >= 2 && t.Value.Columns % 32 == 0 ? Converted.Of(t.Value, DType.All.Single(d => d.Name == dtype)) : t.Value))),
    };
}
