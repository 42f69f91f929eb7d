using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Building;

/// <content>What a TensorRT-LLM checkpoint is asked to be.</content>
public sealed partial record Recipe
{
    /// <summary>Over how many ranks each matrix is split; null = 1.</summary>
    public int? TensorParallel { get; init; }

    /// <summary>Into how many stages the layers fall; null = 1.</summary>
    public int? PipelineParallel { get; init; }

    /// <summary>Over how many ranks each sequence is split; null = 1.</summary>
    public int? ContextParallel { get; init; }

    /// <summary>Over how many ranks each expert's matrices are split; null = what the other two leave.</summary>
    public int? MoeTensorParallel { get; init; }

    /// <summary>Over how many groups the experts are dealt out; null = what the other two leave.</summary>
    public int? MoeExpertParallel { get; init; }

    /// <summary>The one rank that is built; null = all.</summary>
    public int? Rank { get; init; }

    /// <summary>The release whose form is written; null = the default one.</summary>
    public string? TensorRtLlmVersion { get; init; }

    /// <summary>The compute capability, times ten, of the GPU whose kernels read packed weights; 0 = weights are packed when the engine is built; null = 80; for an engine 0 or its GPU's.</summary>
    public int? TargetSm { get; init; }

    /// <summary>What the cache of keys and values holds: <c>int8</c>, <c>fp8</c>; null = floats.</summary>
    public string? KvCacheQuantization { get; init; }

    /// <summary>Columns that share one scale; null = the source's, or 128.</summary>
    public int? GroupSize { get; init; }

    /// <summary>SmoothQuant's alpha; null = 0.5 where the algorithm needs one.</summary>
    public double? SmoothQuant { get; init; }

    /// <summary>The dimension over which the embedding is split: 0 rows, 1 columns; null = it is not.</summary>
    public int? EmbeddingShardingDim { get; init; }

    /// <summary>Whether weight-only layers are recorded as built without their plug-in.</summary>
    public bool DisableWeightOnlyQuantPlugin { get; init; }

    /// <summary>Whether FP8 rows follow Meta's recipe.</summary>
    public bool UseMetaFp8RowwiseRecipe { get; init; }

    /// <summary>Whether repeated key/value heads are recorded as removed again.</summary>
    public bool RemoveDuplicatedKvHeads { get; init; }

    /// <summary>A file of calibration statistics; null = none.</summary>
    public string? CalibrationStatistics { get; init; }

    /// <summary>Whether a calibrated checkpoint records that its model was loaded on the CPU.</summary>
    public bool LoadModelOnCpu { get; init; }

    /// <summary>How strictly the source is read: NVIDIA's converter takes sources that do not fit, and its bytes may be wanted.</summary>
    internal SourceTolerance SourceTolerance => Compatibility == Compatibility.Reference && IsTensorRtLlm ? SourceTolerance.Reference : SourceTolerance.Strict;

    /// <summary>Whether weights are left as floats for the engine's builder, which packs them for its own GPU.</summary>
    internal bool PacksWhereBuilt => Engine == EngineTool.TensorRtLlmEngine && Quantization is { } name && QuantAlgo.Named(name).IsWeightOnly;

    /// <summary>The choices that concern TensorRT-LLM, checked against each other.</summary>
    /// <returns>The options of the dialect.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT3201 or CKPT3202 for ranks that cannot be, CKPT9001 for an unknown quantization.</exception>
    public TensorRtLlmOptions ToTensorRtLlm() => new()
    {
        Grid = RankGrid.Of(TensorParallel ?? 1, PipelineParallel ?? 1, ContextParallel ?? 1, MoeTensorParallel, MoeExpertParallel),
        Rank = Rank,
        Version = TensorRtLlmVersion is { } version ? Dialects.TensorRtLlm.TensorRtLlmVersion.Named(version) : Dialects.TensorRtLlm.TensorRtLlmVersion.Default,
        TargetSm = TargetSm ?? (PacksWhereBuilt ? 0 : 80),
        EmbeddingShardingDimension = EmbeddingShardingDim,
        FollowsReference = Compatibility == Compatibility.Reference,
        DisablesWeightOnlyPlugin = DisableWeightOnlyQuantPlugin,
        RemovesDuplicatedHeads = RemoveDuplicatedKvHeads,
        LoadsModelOnCpu = LoadModelOnCpu,
        Statistics = CalibrationStatistics is { } file ? StatisticsFile.Read(file) : null,
        Quantization = new QuantizationRequest
        {
            Algorithm = Quantization is { } name ? QuantAlgo.Named(name) : null,
            KvCache = KvCacheQuantization switch { "int8" => KvCacheAlgo.Int8, "fp8" => KvCacheAlgo.Fp8, _ => null },
            GroupSize = GroupSize ?? 128,
            SmoothQuant = SmoothQuant,
            UsesMetaRecipe = UseMetaFp8RowwiseRecipe,
        },
    };

    /// <summary>Whether a TensorRT-LLM checkpoint is made, as a product or for an engine.</summary>
    internal bool IsTensorRtLlm => Engine is TensorRtLlmTarget or EngineTool.TensorRtLlmEngine;

    /// <summary>Whether the target's quantization follows from how large activations become.</summary>
    internal bool NeedsStatistics => IsTensorRtLlm
        && (KvCacheQuantization == "int8" || (Quantization is { } name && QuantAlgo.Named(name) is var algorithm && (algorithm.IsSmoothQuant || algorithm.IsExported || algorithm == QuantAlgo.Fp8)));

    private static TensorRtLlmOptions Measured(TensorRtLlmOptions options, CalibrationStatistics? statistics) => statistics is null ? options : options with { Statistics = statistics };
}
