using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Mapping;

/// <summary>Gives tensors other names.</summary>
/// <param name="pattern">What their names match.</param>
/// <param name="replacement">What stands in place of the match.</param>
internal sealed class RenameStep(string pattern, string replacement) : MappingStep(pattern)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Apply(IReadOnlyList<Tensor> tensors, ModelConfig config, string file, ICollection<Diagnostic> problems) =>
        [.. tensors.Select(t => Pattern.IsMatch(t.Name) ? Renamed.Of(t, Pattern.Replace(t.Name, replacement)) : t)];
}
