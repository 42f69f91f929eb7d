using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>The metadata names that a <c>ModelCheckpoint</c> knows.</summary>
internal static class CheckpointMetadata
{
    /// <summary>What makes the recipe of an engine: handed to the tool when not empty.</summary>
    internal static readonly IReadOnlyList<string> Recipe =
    [
        "Engine", "Format", "DType", "IntermediateDType", "Quantization", "TensorTypes", "Pure", "OutputTensorType", "LeaveOutputTensor", "TokenEmbeddingType", "PreTokenizer", "PruneLayers", "OverrideKv", "ImportanceMatrix",
        "IncludeWeights", "ExcludeWeights",
        "Calibration", "CalibrationStatistics", "Adapter", "AdapterMode", "MaxShardSize", "TensorParallel", "PipelineParallel", "ContextParallel", "MoeTensorParallel", "MoeExpertParallel",
        "Workers", "Rank", "TargetSm", "TensorRtLlmVersion", "KvCacheQuantization", "GroupSize", "SmoothQuant", "EmbeddingShardingDim",
        "DisableWeightOnlyQuantPlugin", "UseMetaFp8RowwiseRecipe", "RemoveDuplicatedKvHeads", "LoadModelOnCpu",
        "TorchtuneLayout", "TrtllmBuild", "EngineOptional", "Compatibility", "KeepStages", "KeepSource", "EvaluationText", "MaxPerplexityIncrease",
        "MaxKlDivergence", "MaxEngineSize", "Revision", "Version", "Files",

        // NVIDIA's BuildConfig.
        "MaxInputLen", "MaxSeqLen", "OptBatchSize", "MaxBatchSize", "MaxBeamWidth", "MaxNumTokens", "OptNumTokens", "MaxPromptEmbeddingTableSize", "KvCacheType",
        "GatherContextLogits", "GatherGenerationLogits", "StronglyTyped", "ForceNumProfiles", "ProfilingVerbosity", "EnableDebugOutput", "MaxDraftLen",
        "SpeculativeDecodingMode", "UseRefit", "InputTimingCache", "OutputTimingCache", "LoraConfig", "AutoParallelConfig", "WeightSparsity", "WeightStreaming", "PluginConfig",
        "UseStripPlan", "MaxEncoderInputLen", "UseFusedMlp", "DryRun", "VisualizeNetwork", "MonitorMemory", "UseMrope",
    ];

    /// <summary>Where the engine goes: read by the tasks and targets alone.</summary>
    internal static readonly IReadOnlyList<string> Placement =
    [
        "EngineName", "OutputSubdirectory", "CopyToOutput", "CopyToPublish", "Pack", "PackagePath",
    ];

    /// <summary>The names of <see cref="Placement"/> that say yes or no.</summary>
    internal static readonly IReadOnlyList<string> Switches = ["CopyToOutput", "CopyToPublish", "Pack"];

    /// <summary>The names of <see cref="Recipe"/> whose value may name files beside the checkpoint; pieces are separated by <c>;</c> and may end in <c>@weight</c>.</summary>
    internal static readonly IReadOnlyList<string> Paths =
    [
        "Adapter", "Calibration", "CalibrationStatistics", "EvaluationText", "ImportanceMatrix", "InputTimingCache", "LoraConfig", "TensorTypes",
    ];

    /// <summary>What the products of a task carry; the next task finds it on its checkpoints and does not take it for a slip.</summary>
    internal static readonly IReadOnlyList<string> Product = ["ContentKey", "FromStore", "Size", "SourceCheckpoint", "CheckpointName", "OutputPath"];

    // What items of every kind carry, and no slip.
    private static readonly IReadOnlyList<string> OfEveryItem = ["Link", "Name", "Path", "Title", "Type"];

    /// <summary>The value of a metadata. Where it stands on lines of its own in the project file, what surrounds it is no part of it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="name">The metadata.</param>
    internal static string Of(ITaskItem item, string name) => item.GetMetadata(name).Trim();

    /// <summary>Finds the known name that an unknown one is probably a slip of, at most two letters away; null for a known name, for those of items of every kind and for the user's own.</summary>
    internal static string? NearestTo(string name)
    {
        List<string> known = [.. Recipe, .. Placement, .. Product];
        return known.Exists(k => string.Equals(name, k, StringComparison.OrdinalIgnoreCase)) || OfEveryItem.Contains(name, StringComparer.OrdinalIgnoreCase) ? null : NearestName.Of(name, known);
    }
}
