using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Mapping;

/// <summary>Replaces tensors by views of them.</summary>
/// <param name="pattern">What their names match.</param>
/// <param name="change">Gives the new tensor for the old one.</param>
internal sealed class ChangeStep(string pattern, Func<Tensor, ModelConfig, Tensor> change) : MappingStep(pattern)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Apply(IReadOnlyList<Tensor> tensors, ModelConfig config, string file, ICollection<Diagnostic> problems) =>
        [.. tensors.Select(t => Pattern.IsMatch(t.Name) ? Renamed.Of(change(t, config), t.Name) : t)];
}
