using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>The metadata names that a <c>ModelCheckpoint</c> knows.</summary>
internal static class CheckpointMetadata
{
    /// <summary>What makes the recipe of an engine: handed to the tool when not empty.</summary>
    internal static readonly IReadOnlyList<string> Recipe =
    [
        "Engine", "Format", "DType", "IntermediateDType", "Quantization", "TensorTypes", "Pure", "OutputTensorType", "TokenEmbeddingType", "PruneLayers", "ImportanceMatrix",
        "Calibration", "CalibrationStatistics", "Adapter", "AdapterMode", "MaxShardSize", "TensorParallel", "PipelineParallel", "ContextParallel", "MoeTensorParallel", "MoeExpertParallel",
        "Workers", "TargetSm", "TensorRtLlmVersion", "TorchtuneLayout", "EngineOptional", "Compatibility", "KeepStages", "KeepSource", "EvaluationText", "MaxPerplexityIncrease",
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

    /// <summary>The names of <see cref="Placement"/> that are handed to the tool too.</summary>
    internal static readonly IReadOnlyList<string> Packing = ["Pack", "PackagePath"];

    /// <summary>The names of <see cref="Recipe"/> whose value may name files beside the checkpoint; pieces are separated by <c>;</c> and may end in <c>@weight</c>.</summary>
    internal static readonly IReadOnlyList<string> Paths =
    [
        "Adapter", "Calibration", "CalibrationStatistics", "EvaluationText", "ImportanceMatrix", "InputTimingCache", "LoraConfig", "TensorTypes",
    ];

    /// <summary>What the products of a task carry; the next task finds it on its checkpoints and does not take it for a slip.</summary>
    internal static readonly IReadOnlyList<string> Product = ["ContentKey", "FromStore", "Size", "SourceCheckpoint", "CheckpointName", "OutputPath"];

    /// <summary>How many letters a name may be away from a known one to be taken for a slip.</summary>
    private const int SlipDistance = 2;

    /// <summary>Finds the known name that an unknown one is probably a slip of, at most two letters away; null for a known name and for the user's own.</summary>
    internal static string? NearestTo(string name)
    {
        string? nearest = null;
        int distance = SlipDistance + 1;
        foreach (IReadOnlyList<string> list in new[] { Recipe, Placement, Product })
        {
            foreach (string known in list)
            {
                if (string.Equals(name, known, StringComparison.OrdinalIgnoreCase))
                {
                    return null;
                }

                int candidate = Distance(name, known);
                if (candidate < distance)
                {
                    (nearest, distance) = (known, candidate);
                }
            }
        }

        return nearest;
    }

    /// <summary>Counts the letters to insert, remove or replace to get from one word to the other, case aside.</summary>
    private static int Distance(string from, string to)
    {
        int[] previous = new int[to.Length + 1];
        int[] current = new int[to.Length + 1];
        for (int j = 0; j <= to.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = previous[j - 1] + (char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[to.Length];
    }
}
