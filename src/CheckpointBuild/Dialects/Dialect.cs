using System;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Dialects;

/// <summary>How one ecosystem names and arranges a checkpoint: which files, which tensor names, which metadata.</summary>
public abstract partial class Dialect
{
    /// <summary>The folder of a product that holds adapters.</summary>
    internal const string AdapterFolder = "adapters";

    /// <summary>What <c>Format</c>, <c>Engine</c> and <c>--to</c> call it: <c>huggingface</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether <see cref="Plan"/> is defined.</summary>
    public virtual bool CanWrite => true;

    /// <summary>Whether files of this dialect name the way in which text is split before byte-pair encoding.</summary>
    internal virtual bool NamesPreTokenizers => false;

    /// <summary>Whether a checkpoint in this dialect says which tokens begin and end a text.</summary>
    public virtual bool HoldsTokenIds => true;

    /// <summary>Whether a directory or file is a checkpoint in this dialect, by its names and first bytes.</summary>
    /// <param name="directory">Where to look.</param>
    /// <returns>True when it is to be read in this dialect.</returns>
    public abstract bool Recognizes(CheckpointDirectory directory);

    /// <summary>Reads a checkpoint: headers and small files, no tensor data.</summary>
    /// <param name="directory">Where it lies; keeps the files open while the checkpoint is used.</param>
    /// <returns>The checkpoint in canonical arrangement.</returns>
    /// <exception cref="Diagnostics.CheckpointException">1xxx or 2xxx, naming file, tensor or field, found and needed.</exception>
    public abstract Checkpoint Read(CheckpointDirectory directory);

    /// <summary>Which types the dialect's own tools would give for what the user asked.</summary>
    /// <param name="checkpoint">What will be written.</param>
    /// <param name="dtype">The dtype asked for, or null.</param>
    /// <param name="quantization">The quantization asked for, or null.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="Diagnostics.CheckpointException">9xxx listing what is valid, when the dialect has no such type.</exception>
    public virtual QuantizationPolicy PolicyFor(Checkpoint checkpoint, DType? dtype, string? quantization) => throw new NotSupportedException($"{Name} is only read.");

    /// <summary>Lays out every file of a checkpoint in this dialect, before any tensor data is read.</summary>
    /// <param name="checkpoint">In canonical arrangement, with the dtypes of its source.</param>
    /// <param name="options">Names, sizes and policy.</param>
    /// <returns>The files.</returns>
    public virtual DirectoryPlan Plan(Checkpoint checkpoint, PlanOptions options) => throw new NotSupportedException($"{Name} is only read.");

    /// <summary>The policy of an ecosystem whose training tools keep weights as floats: as they are stored, or cast.</summary>
    /// <param name="dtype">The dtype asked for, or null.</param>
    /// <param name="quantization">The quantization asked for, or null: there is none.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT9001 listing what is valid.</exception>
    private protected QuantizationPolicy FloatPolicy(DType? dtype, string? quantization)
    {
        if (quantization is not null)
        {
            throw Errors.UnknownOptionValue("quantization", quantization, $"{Name} checkpoints", []);
        }

        return dtype switch
        {
            null => new AsStored(DType.F32),
            { IsFloatingPoint: true } => new CastTo(dtype),
            _ => throw Errors.UnknownOptionValue("dtype", dtype.LongName, $"{Name} checkpoints", DType.All.Where(d => d.IsFloatingPoint).Select(d => d.LongName)),
        };
    }

    /// <summary>Lays out the files of an adapter that is kept beside a product: PEFT's, which most runtimes load, unless the ecosystem has a form of its own.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter, which fits the base.</param>
    /// <param name="options">The product's options; <see cref="PlanOptions.EngineName"/> is what the adapter is called.</param>
    /// <returns>The files, below <see cref="AdapterFolder"/>.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT2012 when the form cannot hold the adapter.</exception>
    internal virtual DirectoryPlan PlanAdapter(Checkpoint checkpoint, Adapter adapter, PlanOptions options) => new([.. PeftFiles.Plan(checkpoint, adapter, $"{AdapterFolder}/{options.EngineName}/")], []);
}
