using System.Collections.Generic;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>One weights file, or the shards that an index names.</summary>
internal sealed class HuggingFaceTensors : TensorSource
{
    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory) => WeightFiles.AreIn(directory);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Read(CheckpointDirectory directory, ICollection<Diagnostic> problems) => WeightFiles.Read(directory, problems);
}
