using System.Collections.Immutable;

namespace CheckpointBuild.Building.Quality;

/// <summary>How the types of an engine were chosen.</summary>
/// <param name="ProtocolId">The protocol of all figures.</param>
/// <param name="Kind">The kind of file that stands in its metadata.</param>
/// <param name="Chosen">The name of the alternative that was taken.</param>
/// <param name="Alternatives">What was measured in whole.</param>
/// <param name="Tensors">Each tensor's type and what it is expected to cost.</param>
public sealed record AutomaticChoice(string ProtocolId, string Kind, string Chosen, ImmutableArray<MeasuredAlternative> Alternatives, ImmutableArray<ChosenType> Tensors);
