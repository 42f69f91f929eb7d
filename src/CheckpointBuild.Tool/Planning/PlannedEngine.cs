namespace CheckpointBuild.Tool.Planning;

/// <summary>An engine that building a project would find or make.</summary>
/// <param name="Project">The project file.</param>
/// <param name="Name">What the engine is called.</param>
/// <param name="Source">The checkpoint.</param>
/// <param name="Key">The content key.</param>
/// <param name="IsThere">Whether the store has it.</param>
/// <param name="Bytes">How large its files are.</param>
internal sealed record PlannedEngine(string Project, string Name, string Source, string Key, bool IsThere, long Bytes);
