namespace CheckpointBuild.Models;

/// <summary>A mixture of experts in place of the feed-forward block.</summary>
public sealed record ExpertConfig
{
    /// <summary>How many experts a layer has.</summary>
    public required int Count { get; init; }

    /// <summary>How many of them a token sees.</summary>
    public required int Used { get; init; }

    /// <summary>Width of one expert.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Which layers have experts.</summary>
    public required LayerSet Layers { get; init; }

    /// <summary>How scores become weights.</summary>
    public ExpertScoring Scoring { get; init; }

    /// <summary>Whether the source states <see cref="Scoring"/> itself (llama.cpp's converter writes one more key then).</summary>
    public bool ScoringIsStated { get; init; }

    /// <summary>Whether the chosen experts' weights are divided by their sum.</summary>
    public bool NormalizesWeights { get; init; }

    /// <summary>What the weights are multiplied by after that.</summary>
    public double WeightScale { get; init; } = 1;

    /// <summary>Whether something is added to the scores for choosing alone.</summary>
    public bool HasCorrection { get; init; }

    /// <summary>Into how many groups of neighbours the experts fall; 1 where all compete.</summary>
    public int GroupCount { get; init; } = 1;

    /// <summary>From how many groups experts are chosen.</summary>
    public int GroupsUsed { get; init; } = 1;

    /// <summary>How many of a group's best scores are added to compare it with others.</summary>
    public int GroupScoreCount { get; init; } = 1;

    /// <summary>Width of the expert that every token sees; 0 where there is none.</summary>
    public int SharedFeedForwardSize { get; init; }

    /// <summary>How many experts of <see cref="FeedForwardSize"/> the shared one is counted as.</summary>
    public int SharedCount { get; init; }

    /// <summary>Whether a token takes a share of the shared expert's result that it says itself.</summary>
    public bool SharedIsWeighed { get; init; }
}
