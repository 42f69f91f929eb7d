using System.Collections.Generic;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.Mapping;

/// <summary>Leaves tensors out, and says so.</summary>
/// <param name="pattern">What their names match.</param>
internal sealed class SkipStep(string pattern) : MappingStep(pattern)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Apply(IReadOnlyList<Tensor> tensors, ModelConfig config, string file, ICollection<Diagnostic> problems)
    {
        var kept = new List<Tensor>(tensors.Count);
        string? first = null;
        foreach (Tensor tensor in tensors)
        {
            if (Pattern.IsMatch(tensor.Name))
            {
                first ??= tensor.Name;
            }
            else
            {
                kept.Add(tensor);
            }
        }

        if (first is not null)
        {
            problems.Add(Errors.TensorsSkipped(file, tensors.Count - kept.Count, first));
        }

        return kept;
    }
}
