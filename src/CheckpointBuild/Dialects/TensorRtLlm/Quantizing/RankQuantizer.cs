using System.Collections.Generic;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>What becomes of a rank's modules.</summary>
internal abstract class RankQuantizer
{
    /// <summary>The dtype in which what is concerned is wanted; null = that of the checkpoint.</summary>
    public virtual DType? WorksIn => null;

    /// <summary>Whether rotary tables stand among the weights all the same.</summary>
    public virtual bool KeepsRotaryTables => true;

    /// <summary>Whether scales of the cache come with the modules.</summary>
    public virtual bool GivesCacheScales => false;

    /// <summary>A dtype that every tensor goes through first; null = none.</summary>
    public virtual DType? Through => null;

    /// <summary>Whether a module is concerned.</summary>
    /// <param name="rule">The module.</param>
    /// <param name="layer">Its layer in the model.</param>
    /// <param name="part">Weight or bias.</param>
    /// <returns>True when <see cref="Tensors"/> is to be asked.</returns>
    public virtual bool Concerns(RankRule rule, int layer, TensorPart part) => rule.IsLinear && part == TensorPart.Weight;

    /// <summary>What a tensor that is concerned is taken as.</summary>
    /// <param name="tensor">As the source has it.</param>
    /// <param name="dtype">The checkpoint's dtype.</param>
    /// <param name="overflow">What happens to numbers that a dtype cannot hold.</param>
    /// <returns>By default the same in <see cref="WorksIn"/>, or in the checkpoint's dtype.</returns>
    public virtual Tensor Prepare(Tensor tensor, DType dtype, OverflowRule overflow) => Converted.Of(tensor, WorksIn ?? dtype, overflow);

    /// <summary>The tensors of a module.</summary>
    /// <param name="module">The module, on one rank.</param>
    /// <returns>Weight and what goes with it, named.</returns>
    public abstract IEnumerable<Tensor> Tensors(RankModule module);
}
