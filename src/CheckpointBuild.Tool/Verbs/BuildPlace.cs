namespace CheckpointBuild.Tool.Verbs;

/// <summary>Where a product goes and how many build it.</summary>
/// <param name="Directory">The product's folder.</param>
/// <param name="Workers">Threads, and ranks that a tool of somebody else builds at once.</param>
internal sealed record BuildPlace(string Directory, int Workers);
