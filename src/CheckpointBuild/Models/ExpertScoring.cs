namespace CheckpointBuild.Models;

/// <summary>How a router's scores become weights of experts.</summary>
public enum ExpertScoring
{
    /// <summary>Softmax over all experts; the best are chosen among the results.</summary>
    Softmax,

    /// <summary>The best scores are chosen; softmax over these.</summary>
    SoftmaxOfChosen,

    /// <summary>The logistic function of each score.</summary>
    Sigmoid,
}
