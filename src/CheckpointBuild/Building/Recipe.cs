using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Quantization;
using CheckpointBuild.Stages;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building;

/// <summary>What was asked for: the target and the choices that shape its bytes. Every field is an item's metadata, an option of the tool and part of the content key (<see cref="RecipeField"/>).</summary>
public sealed partial record Recipe
{
    private const string TensorRtLlmTarget = "tensorrt-llm";

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

    /// <summary>The most bytes that the product's files may have together; null = any.</summary>
    public long? MaxEngineSize { get; init; }

    /// <summary>Whether what reference tools lose silently is refused or written as they do.</summary>
    public Compatibility Compatibility { get; init; }

    /// <summary>How torchtune's folder is arranged.</summary>
    public TorchtuneLayout TorchtuneLayout { get; init; }

    /// <summary>Adapters, merged in this order.</summary>
    public ImmutableArray<AdapterChoice> Adapter { get; init; } = [];

    /// <summary>Whether adapters are merged or kept beside the product.</summary>
    public AdapterMode AdapterMode { get; init; }

    /// <summary>llama.cpp's name of the way in which text is split before byte-pair encoding; null = found by what the tokenizer does.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>The plug-ins that take part beyond those whose formats, families and mappings are used; part of the content key.</summary>
    public ImmutableArray<PluginIdentity> Plugins { get; init; } = [];

    /// <summary>The branch, tag or commit of a model of the Hub; null = <c>main</c>.</summary>
    public string? Revision { get; init; }

    /// <summary>The version of a model in a NuGet package; null = the newest, or the project's.</summary>
    public string? Version { get; init; }

    /// <summary>Whether a model that was fetched for this build stays in the cache; null = it does.</summary>
    public bool? KeepSource { get; init; }

    /// <summary>Which files of a repository are fetched, as patterns separated by ';'; null = what a build needs.</summary>
    public string? Files { get; init; }

    /// <summary>The forward path: from a checkpoint as it was read to the files that will be written. No tensor data is read.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Diagnostics.CheckpointException">2xxx or 9xxx when the target cannot hold what was asked.</exception>
    public DirectoryPlan Apply(Checkpoint checkpoint) => Apply(checkpoint, []);

    /// <summary>The forward path: adapters are merged, types chosen, files laid out. No tensor data is read.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="adapters">The recipe's adapters, opened, in order.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Diagnostics.CheckpointException">2xxx or 9xxx when an adapter does not fit the source, or the target cannot hold what was asked.</exception>
    public DirectoryPlan Apply(Checkpoint checkpoint, ImmutableArray<Adapter> adapters) => Apply(checkpoint, adapters, new Measurements(null, null));

    /// <summary>The forward path with the importance matrix that the recipe names. No tensor data is read.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="adapters">The recipe's adapters, opened, in order.</param>
    /// <param name="importance">The recipe's importance matrix, read; null = none.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Diagnostics.CheckpointException">2xxx, 3xxx or 9xxx when something does not fit the source, or the target cannot hold what was asked.</exception>
    public DirectoryPlan Apply(Checkpoint checkpoint, ImmutableArray<Adapter> adapters, ImportanceMatrix? importance) => Apply(checkpoint, adapters, new Measurements(importance, null));

    /// <summary>The forward path with what was measured, or stands for what will be. No tensor data is read.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="adapters">The recipe's adapters, opened, in order.</param>
    /// <param name="measured">Importance and statistics.</param>
    /// <returns>The plan.</returns>
    internal DirectoryPlan Apply(Checkpoint checkpoint, ImmutableArray<Adapter> adapters, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Dialect target = Target;
        RefuseForeign(target);

        Checkpoint merged = Merged(checkpoint, adapters);
        ImmutableArray<Diagnostic> noticed = [.. merged.Problems.Skip(checkpoint.Problems.Length)];
        Checkpoint source = AdapterMode == AdapterMode.Merge ? merged : checkpoint;
        var options = new PlanOptions
        {
            EngineName = EngineName ?? source.Name,
            Policy = target.PolicyFor(source, DType ?? (IsTensorRtLlm ? Dialects.TensorRtLlm.TensorRtLlm.DTypeOf(source, ToTensorRtLlm().Version) : null), Quantization),
            AdapterDType = DType ?? (Quantization is { } kind && GgufFileType.Find(kind)?.DType is { } one && (one.IsFloatingPoint || one == DTypes.DType.Q8_0) ? one : null),
            Overflow = Compatibility == Compatibility.Reference ? OverflowRule.Infinity : OverflowRule.Refuse,
            MaxShardSize = MaxShardSize ?? long.MaxValue,
            FollowsReference = Compatibility == Compatibility.Reference,
            TorchtuneLayout = TorchtuneLayout,
            TensorRtLlm = target.Name == TensorRtLlmTarget ? Measured(ToTensorRtLlm(), measured.Statistics) : new(),
            Gguf = GgufOptions(measured.Importance),
            PreTokenizer = PreTokenizer is null || target.NamesPreTokenizers ? PreTokenizer : throw Errors.UnknownOptionValue("pre-tokenizer", PreTokenizer, Engine, []),
        };
        DirectoryPlan plan = AdapterMode == AdapterMode.Alone ? new DirectoryPlan([], []) : target.Plan(source, options);
        DirectoryPlan[] apart = [.. Apart(source, adapters, target, options)];
        return plan with { Files = [.. plan.Files, .. apart.SelectMany(a => a.Files)], Warnings = [.. noticed, .. plan.Warnings, .. apart.SelectMany(a => a.Warnings)] };
    }

    // Beside a product adapters have a folder; alone they are the product, one in the product's own folder.
    private IEnumerable<DirectoryPlan> Apart(Checkpoint source, ImmutableArray<Adapter> adapters, Dialect target, PlanOptions options)
    {
        if (AdapterMode == AdapterMode.Alone && adapters.IsEmpty)
        {
            throw Errors.AdapterNotNamed();
        }

        if (AdapterMode == AdapterMode.Alone && target.Name is not ("huggingface" or "torchtune" or "gguf"))
        {
            throw Errors.UnknownOptionValue("engine", Engine, "an adapter by itself", ["huggingface", "torchtune", "gguf"]);
        }

        foreach ((string name, Adapter adapter) in AdapterMode == AdapterMode.Merge ? [] : AdapterNames.Of(adapters).Zip(adapters))
        {
            string above = $"{Dialect.AdapterFolder}/", own = $"{above}{name}/";
            DirectoryPlan plan = target.PlanAdapter(source, adapter, options with { EngineName = name });
            yield return AdapterMode == AdapterMode.Apart ? plan
                : plan with { Files = [.. plan.Files.Select(file => file with { Path = adapters.Length == 1 && file.Path.StartsWith(own, StringComparison.Ordinal) ? file.Path[own.Length..] : file.Path[above.Length..] })] };
        }
    }

    // A choice that the target cannot keep is refused rather than ignored.
    private void RefuseForeign(Dialect target)
    {
        (RecipeField Field, string Value)? foreign = target.Name == TensorRtLlmTarget ? null : RecipeField.FirstOfTensorRtLlm(this);
        foreign ??= target.Name == "gguf" ? null : GgufFields.FirstOf(this, target.Name == TensorRtLlmTarget);
        foreign ??= Engine == EngineTool.TensorRtLlmEngine ? null : RecipeField.FirstOfBuildConfig(this);
        if (foreign is var (field, value))
        {
            throw Errors.UnknownOptionValue(field.Option[2..], value, Engine, []);
        }
    }

    /// <summary>The dialect that is written: for an engine of somebody else's tool, what that tool reads.</summary>
    /// <exception cref="CheckpointException">CKPT2011 when there is none of that name.</exception>
    internal Dialect Target => Dialect.Named(Engine == EngineTool.TensorRtLlmEngine ? TensorRtLlmTarget : Engine);

    /// <summary>Merges adapters one after the other; what is kept apart is merged too, for the faults that show then, and thrown away.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="adapters">The recipe's adapters, opened, in order.</param>
    /// <returns>The merged checkpoint.</returns>
    internal Checkpoint Merged(Checkpoint checkpoint, ImmutableArray<Adapter> adapters)
    {
        for (int i = 0; i < adapters.Length; i++)
        {
            if (AdapterMode == AdapterMode.Merge)
            {
                AdapterConflicts.Refuse(adapters[i], adapters.AsSpan(0, i));
            }
            else if (Adapter[i].Weight != 1)
            {
                throw Errors.WeightApart(Adapter[i].Path, Adapter[i].Weight);
            }

            checkpoint = MergeAdapter.Apply(checkpoint, adapters[i], new MergeOptions { Weight = Adapter[i].Weight, BaseDType = DType is { IsFloatingPoint: true } ? DType : null });
        }

        return checkpoint;
    }
}
