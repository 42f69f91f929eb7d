using System.Collections.Generic;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Files that have torchtune's names already; any name will do.</summary>
internal sealed class KeptNames : TuneConversion
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> ToTorchtune(IReadOnlyList<Tensor> files) => files;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> FromTorchtune(IReadOnlyList<Tensor> model, string output) => model;
}
