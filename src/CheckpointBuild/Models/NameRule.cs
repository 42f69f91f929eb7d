using System;
using System.Globalization;

namespace CheckpointBuild.Models;

/// <summary>What Hugging Face calls a tensor of a family.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Pattern">Its name without <c>.weight</c> or <c>.bias</c>; <c>{layer}</c> stands for the layer's number.</param>
/// <param name="Bias">Whether a bias goes with the weight in a model of a configuration; null = never.</param>
public sealed record NameRule(RoleKind Kind, string Pattern, Func<ModelConfig, bool>? Bias = null)
{
    private const string Layer = "{layer}";

    /// <summary>Whether there is one in each layer.</summary>
    public bool IsInLayer => Pattern.Contains(Layer, StringComparison.Ordinal);

    /// <summary>The full name of a role that this rule is for.</summary>
    /// <param name="role">A role of <see cref="Kind"/>.</param>
    /// <returns>The tensor's name.</returns>
    public string NameOf(TensorRole role) =>
        Pattern.Replace(Layer, role.Layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) + (role.Part == TensorPart.Bias ? ".bias" : ".weight");
}
