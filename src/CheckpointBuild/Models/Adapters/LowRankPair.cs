using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models.Adapters;

/// <summary>The low-rank change of one module: two factors, and what belongs to them.</summary>
/// <param name="Module">The module in the names of the adapter's ecosystem, without the weight's suffix: <c>model.layers.3.self_attn.q_proj</c>.</param>
/// <param name="A">[loraRank, in]; of an embedding [loraRank, vocabulary].</param>
/// <param name="B">[out, loraRank]; of an embedding [embedding size, loraRank].</param>
public sealed record LowRankPair(string Module, Tensor A, Tensor B)
{
    /// <summary>What the product of the factors is multiplied by, before <see cref="Divisor"/>.</summary>
    public required double Alpha { get; init; }

    /// <summary>What it is divided by: the LoRA rank, or its square root (rsLoRA).</summary>
    public required double Divisor { get; init; }

    /// <summary>Whether the module is an embedding, whose factors stand the other way round.</summary>
    public bool IsEmbedding { get; init; }

    /// <summary>The length of each row of the result (DoRA), [out]; null = none.</summary>
    public Tensor? Magnitude { get; init; }

    /// <summary>A bias of B, [out], which is added to the module's; null = none.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>The scale of the change: weight · alpha / divisor in double, rounded once, as the reference multiplies tensors by Python's numbers.</summary>
    /// <param name="weight">The adapter's weight.</param>
    /// <returns>The scale.</returns>
    public float Scale(double weight) => (float)(weight * Alpha / Divisor);
}
