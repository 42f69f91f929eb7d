using System.Collections.Immutable;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Weight or bias of one module on one rank.</summary>
/// <param name="Cut">The rank.</param>
/// <param name="Rule">The module.</param>
/// <param name="Part">Weight or bias.</param>
/// <param name="Parts">Its roles, whole.</param>
/// <param name="Name">The module's name on the rank.</param>
internal sealed record RankModule(RankCut Cut, RankRule Rule, TensorPart Part, ImmutableArray<Tensor> Parts, string Name)
{
    private const string Before = "transformer.layers.";

    /// <summary>The module's layer in the model; <see cref="TensorRole.NoLayer"/> outside of layers.</summary>
    public required int Layer { get; init; }

    /// <summary>What stands before the names of the layer's modules, with its point at the end.</summary>
    public string LayerName => Name[..(Name.IndexOf('.', Before.Length) + 1)];

    /// <summary>The rank's share as it is, named.</summary>
    public Tensor Share => Cut.Share(Rule, Parts, Part, Name + (Part == TensorPart.Weight ? ".weight" : ".bias"));
}
