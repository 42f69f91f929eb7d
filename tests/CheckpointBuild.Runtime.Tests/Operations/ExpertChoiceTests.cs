using System;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Operations;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Operations;

/// <summary>Which experts a token gets, and how much of each.</summary>
public sealed class ExpertChoiceTests
{
    private const float Tolerance = 1e-6f;

    private static readonly ExpertConfig Plain = new() { Count = 4, Used = 2, FeedForwardSize = 1, Layers = LayerSet.All(1) };

    [Fact]
    public void Softmax_over_all_leaves_weights_as_they_are() => Check(Plain, [0, 1, 2, 3], null, [3, 2], [E(3) / Sum, E(2) / Sum]);

    [Fact]
    public void Softmax_over_all_normed_gives_weights_that_add_up_to_one() =>
        Check(Plain with { NormalizesWeights = true }, [0, 1, 2, 3], null, [3, 2], [E(3) / (E(3) + E(2)), E(2) / (E(3) + E(2))]);

    [Fact]
    public void Softmax_over_the_chosen_sees_the_others_not() =>
        Check(Plain with { Scoring = ExpertScoring.SoftmaxOfChosen }, [0, 1, 2, 3], null, [3, 2], [E(3) / (E(3) + E(2)), E(2) / (E(3) + E(2))]);

    [Fact]
    public void Weights_are_multiplied_last() => Check(Plain with { WeightScale = 2.5 }, [0, 1, 2, 3], null, [3, 2], [2.5f * E(3) / Sum, 2.5f * E(2) / Sum]);

    [Fact]
    public void Correction_chooses_and_does_not_weigh() =>
        Check(Plain with { Scoring = ExpertScoring.Sigmoid, HasCorrection = true }, [0, 1, 2, 3], [1, 0, 0, 0], [0, 3], [0.5f, Logistic(3)]);

    [Fact]
    public void Groups_are_compared_by_their_best_scores_together() =>
        Check(Plain with { Scoring = ExpertScoring.Sigmoid, GroupCount = 2, GroupsUsed = 1, GroupScoreCount = 2 }, [-9, 4, 2, 2], null, [2, 3], [Logistic(2), Logistic(2)]);

    [Fact]
    public void Groups_are_compared_by_their_best_score_alone() =>
        Check(Plain with { GroupCount = 2, GroupsUsed = 1 }, [0, 4, 3, 3], null, [1, 0], [E(4) / (1 + E(4) + (2 * E(3))), 1 / (1 + E(4) + (2 * E(3)))]);

    private static float Sum => E(0) + E(1) + E(2) + E(3);

    private static float E(float x) => MathF.Exp(x);

    private static float Logistic(float x) => 1 / (1 + MathF.Exp(-x));

    private static void Check(ExpertConfig config, float[] scores, float[]? correction, int[] experts, float[] weights)
    {
        int[] chosen = new int[config.Used];
        float[] actual = new float[config.Used];

        new ExpertChoice(config).Choose(scores, correction, chosen, actual);

        Assert.Equal(experts, chosen);
        for (int i = 0; i < weights.Length; i++)
        {
            Assert.Equal(weights[i], actual[i], Tolerance);
        }
    }
}
