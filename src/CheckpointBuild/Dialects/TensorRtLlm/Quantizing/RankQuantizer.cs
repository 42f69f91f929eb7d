using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>What becomes of a rank's matrices.</summary>
internal abstract class RankQuantizer
{
    /// <summary>The tensors of a module's matrix.</summary>
    /// <param name="cut">The rank.</param>
    /// <param name="rule">The module.</param>
    /// <param name="weights">Its roles in the checkpoint's dtype, whole.</param>
    /// <param name="module">The module's name.</param>
    /// <returns>Weight and what goes with it, named.</returns>
    public abstract IEnumerable<Tensor> Linear(RankCut cut, RankRule rule, ImmutableArray<Tensor> weights, string module);

    /// <summary>The dtype in which weights are wanted; null = that of the checkpoint.</summary>
    public virtual DType? WorksIn => null;

    /// <summary>Whether matrices of a module are concerned.</summary>
    /// <param name="rule">The module.</param>
    /// <param name="layer">Its layer in the model.</param>
    /// <returns>True when <see cref="Linear"/> is to be asked.</returns>
    public virtual bool Concerns(RankRule rule, int layer) => rule.IsLinear;
}
