using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Mapping;

/// <summary>Puts a tensor that the file holds once into every layer; no bytes are read twice before they are written twice.</summary>
/// <param name="pattern">What its name matches.</param>
/// <param name="replacement">What stands in place of the match; <c>{layer}</c> is each layer's number in turn.</param>
internal sealed class RepeatStep(string pattern, string replacement) : MappingStep(pattern)
{
    private const string Layer = "{layer}";

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Apply(IReadOnlyList<Tensor> tensors, ModelConfig config, string file, ICollection<Diagnostic> problems) =>
        [.. tensors.SelectMany(t => Pattern.IsMatch(t.Name) ? Enumerable.Range(0, config.LayerCount).Select(layer => Renamed.Of(t, NameIn(layer, t.Name))) : [t])];

    private string NameIn(int layer, string name) => Pattern.Replace(name, replacement.Replace(Layer, layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
}
