using System.Collections.Generic;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>What becomes of a rank's modules.</summary>
internal abstract class RankQuantizer
{
    /// <summary>The dtype in which what is concerned is wanted; null = that of the checkpoint.</summary>
    public virtual DType? WorksIn => null;

    /// <summary>Whether rotary tables stand among the weights all the same.</summary>
    public virtual bool KeepsRotaryTables => true;

    /// <summary>A dtype that every tensor goes through first; null = none.</summary>
    public virtual DType? Through => null;

    /// <summary>Whether a module is concerned.</summary>
    /// <param name="rule">The module.</param>
    /// <param name="layer">Its layer in the model.</param>
    /// <param name="part">Weight or bias.</param>
    /// <returns>True when <see cref="Tensors"/> is to be asked.</returns>
    public virtual bool Concerns(RankRule rule, int layer, TensorPart part) => rule.IsLinear && part == TensorPart.Weight;

    /// <summary>The tensors of a module.</summary>
    /// <param name="module">The module, on one rank.</param>
    /// <returns>Weight and what goes with it, named.</returns>
    public abstract IEnumerable<Tensor> Tensors(RankModule module);
}
