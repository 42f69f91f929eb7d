using CheckpointBuild.Quantization;

namespace CheckpointBuild.Dialects;

/// <summary>What a dialect must know to lay out files, beside the checkpoint.</summary>
public sealed record PlanOptions
{
    /// <summary>The engine's name; a single-file engine is called so.</summary>
    public required string EngineName { get; init; }

    /// <summary>Which dtype each tensor gets, and what that is called.</summary>
    public required QuantizationPolicy Policy { get; init; }

    /// <summary>The most bytes of tensors in one shard.</summary>
    public long MaxShardSize { get; init; } = long.MaxValue;
}
