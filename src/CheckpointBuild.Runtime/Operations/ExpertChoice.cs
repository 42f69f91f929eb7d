using System;
using System.Numerics.Tensors;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime.Operations;

/// <summary>Chooses a token's experts from the router's scores, and weighs them. Of equal scores the first expert's wins.</summary>
/// <param name="config">The experts.</param>
internal sealed class ExpertChoice(ExpertConfig config)
{
    // What keeps the reference from dividing by nothing.
    private const float SmallestSum = 1e-20f;

    private readonly float[] _choosing = new float[config.Count];
    private readonly float[] _groups = new float[config.GroupCount];

    /// <summary>Chooses.</summary>
    /// <param name="scores">The router's, [experts]; replaced by what they mean as weights.</param>
    /// <param name="correction">What is added for choosing alone, [experts], or null.</param>
    /// <param name="chosen">Receives the experts, [used].</param>
    /// <param name="weights">Receives their weights, [used].</param>
    public void Choose(Span<float> scores, float[]? correction, Span<int> chosen, Span<float> weights)
    {
        switch (config.Scoring)
        {
            case ExpertScoring.Softmax:
                TensorPrimitives.SoftMax(scores, scores);
                break;
            case ExpertScoring.Sigmoid:
                TensorPrimitives.Sigmoid(scores, scores);
                break;
            default:
                break;
        }

        scores.CopyTo(_choosing);
        if (correction is not null)
        {
            TensorPrimitives.Add(_choosing, correction, _choosing);
        }

        LeaveOutGroups();
        TakeBest(_choosing, chosen);
        for (int i = 0; i < chosen.Length; i++)
        {
            weights[i] = scores[chosen[i]];
        }

        Weigh(weights);
    }

    private void Weigh(Span<float> weights)
    {
        if (config.Scoring == ExpertScoring.SoftmaxOfChosen)
        {
            TensorPrimitives.SoftMax(weights, weights);
        }
        else if (config.NormalizesWeights)
        {
            TensorPrimitives.Divide(weights, TensorPrimitives.Sum<float>(weights) + SmallestSum, weights);
        }

        TensorPrimitives.Multiply(weights, (float)config.WeightScale, weights);
    }

    // Experts outside the best groups cannot be chosen.
    private void LeaveOutGroups()
    {
        if (config.GroupCount == 1)
        {
            return;
        }

        int size = config.Count / config.GroupCount;
        Span<int> best = stackalloc int[config.GroupScoreCount];
        for (int group = 0; group < config.GroupCount; group++)
        {
            float[] members = _choosing[(group * size)..((group + 1) * size)];
            float[] all = [.. members];
            TakeBest(members, best);
            _groups[group] = 0;
            foreach (int member in best)
            {
                _groups[group] += all[member];
            }
        }

        Span<int> kept = stackalloc int[config.GroupsUsed];
        TakeBest(_groups, kept);
        for (int group = 0; group < config.GroupCount; group++)
        {
            if (!kept.Contains(group))
            {
                _choosing.AsSpan(group * size, size).Fill(float.NegativeInfinity);
            }
        }
    }

    // Taken ones are overwritten, so that none is taken twice.
    private static void TakeBest(Span<float> scores, Span<int> best)
    {
        for (int i = 0; i < best.Length; i++)
        {
            best[i] = TensorPrimitives.IndexOfMax<float>(scores);
            scores[best[i]] = float.NegativeInfinity;
        }
    }
}
