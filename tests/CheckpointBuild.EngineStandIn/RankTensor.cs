namespace CheckpointBuild.EngineStandIn;

/// <summary>A tensor of a rank's file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">As the header writes it.</param>
/// <param name="Shape">Joined by commas.</param>
internal sealed record RankTensor(string Name, string DType, string Shape);
