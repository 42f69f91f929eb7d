using System;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>At which stage of the chain an item's product is finished: the name of the task that stands for it.</summary>
internal static class CheckpointStage
{
    // Engines that are checkpoints themselves: what others go on from.
    private static readonly string[] Checkpoints = ["huggingface", "meta", "torchtune", "tensorrt-llm"];

    /// <summary>The stage of an item.</summary>
    internal static string Of(ITaskItem item)
    {
        string engine = CheckpointMetadata.Of(item, "Engine");
        bool isCheckpoint = Array.Exists(Checkpoints, name => name.Equals(engine, StringComparison.OrdinalIgnoreCase));
        return !isCheckpoint ? nameof(BuildEngine) : CheckpointMetadata.Of(item, "Quantization").Length == 0 ? nameof(ConvertCheckpoint) : nameof(QuantizeModel);
    }
}
