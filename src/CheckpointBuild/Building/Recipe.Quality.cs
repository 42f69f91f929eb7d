namespace CheckpointBuild.Building;

/// <content>What an engine must keep of its source.</content>
public sealed partial record Recipe
{
    /// <summary>What <see cref="Quantization"/> is where each tensor's type follows from measurements.</summary>
    internal const string Automatic = "auto";

    /// <summary>The full path of a text that the finished engine is judged on; null = it is not judged.</summary>
    public string? EvaluationText { get; init; }

    /// <summary>The most that the engine's perplexity on that text may exceed the source's, as a share: 0.02 = 2 %; null = any.</summary>
    public double? MaxPerplexityIncrease { get; init; }

    /// <summary>The most that the mean Kullback-Leibler divergence of the engine's predictions from the source's may be, in nats; null = any.</summary>
    public double? MaxKlDivergence { get; init; }
}
