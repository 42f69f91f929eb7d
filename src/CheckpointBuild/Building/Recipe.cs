using System;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building;

/// <summary>What was asked for: the target and the choices that shape its bytes. Every field is an item's metadata, an option of the tool and part of the content key (<see cref="RecipeField"/>).</summary>
public sealed record Recipe
{
    /// <summary>The dialect that is written: <c>gguf</c>, <c>huggingface</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>What the product is called; null = as the checkpoint.</summary>
    public string? EngineName { get; init; }

    /// <summary>The source's dialect; null = detected.</summary>
    public string? Format { get; init; }

    /// <summary>The dtype of the product's weights; null = the target's default.</summary>
    public DType? DType { get; init; }

    /// <summary>The quantization, as the target names it; null = none.</summary>
    public string? Quantization { get; init; }

    /// <summary>The most bytes of tensors in one file; null = one file.</summary>
    public long? MaxShardSize { get; init; }

    /// <summary>Whether what reference tools lose silently is refused or written as they do.</summary>
    public Compatibility Compatibility { get; init; }

    /// <summary>The branch, tag or commit of a model of the Hub; null = <c>main</c>.</summary>
    public string? Revision { get; init; }

    /// <summary>The version of a model in a NuGet package; null = the newest, or the project's.</summary>
    public string? Version { get; init; }

    /// <summary>Which files of a repository are fetched, as patterns separated by ';'; null = what a build needs.</summary>
    public string? Files { get; init; }

    /// <summary>The forward path: from a checkpoint as it was read to the files that will be written. No tensor data is read.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Diagnostics.CheckpointException">2xxx or 9xxx when the target cannot hold what was asked.</exception>
    public DirectoryPlan Apply(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Dialect target = Dialect.Named(Engine);
        return target.Plan(checkpoint, new PlanOptions
        {
            EngineName = EngineName ?? checkpoint.Name,
            Policy = target.PolicyFor(checkpoint, DType, Quantization),
            Overflow = Compatibility == Compatibility.Reference ? OverflowRule.Infinity : OverflowRule.Refuse,
            MaxShardSize = MaxShardSize ?? long.MaxValue,
        });
    }
}
