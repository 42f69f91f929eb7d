using CheckpointBuild.Models;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>What a TensorRT-LLM checkpoint is asked to be, beside its dtype.</summary>
public sealed record TensorRtLlmOptions
{
    /// <summary>How the model is spread over ranks.</summary>
    public RankGrid Grid { get; init; } = RankGrid.Single;

    /// <summary>The one rank whose file is written; null = all.</summary>
    public int? Rank { get; init; }

    /// <summary>Whose form is written.</summary>
    public TensorRtLlmVersion Version { get; init; } = TensorRtLlmVersion.Default;

    /// <summary>How weights and cache are quantized.</summary>
    public QuantizationRequest Quantization { get; init; } = QuantizationRequest.None;

    /// <summary>The compute capability times ten of the GPU whose kernels read packed weights: 80, 90; 0 = none, weights are packed when the engine is built.</summary>
    public int TargetSm { get; init; } = 80;

    /// <summary>Over which dimension the embedding is split; null = each rank has all of it.</summary>
    public int? EmbeddingShardingDimension { get; init; }

    /// <summary>Whether the reference's bytes are wanted also where it loses something.</summary>
    public bool FollowsReference { get; init; }

    /// <summary>Recorded in the configuration: whether weight-only layers are built without their plug-in.</summary>
    public bool DisablesWeightOnlyPlugin { get; init; }

    /// <summary>Recorded in the configuration: whether repeated key/value heads are removed again.</summary>
    public bool RemovesDuplicatedHeads { get; init; }

    /// <summary>What activations there are, where a quantization depends on them; null = nobody said.</summary>
    public CalibrationStatistics? Statistics { get; init; }

    /// <summary>How large activations may become before rows of FP8 cut them off.</summary>
    internal double ActivationBound { get; init; } = 1200;

    /// <summary>Recorded in the configuration of a calibrated checkpoint: whether the reference would have loaded the model on the CPU.</summary>
    public bool LoadsModelOnCpu { get; init; }
}
