using System.Collections.Generic;

namespace CheckpointBuild.Dialects;

/// <summary>One run of a tool.</summary>
/// <param name="Tool">The tool, as it was found.</param>
/// <param name="Checkpoint">The checkpoint's folder.</param>
/// <param name="Output">The engine's folder.</param>
/// <param name="Settings">What was asked, by the names of <c>BuildConfig</c>'s fields in PascalCase.</param>
/// <param name="Workers">Ranks that are built at once.</param>
public sealed record EngineToolRun(EngineToolIdentity Tool, string Checkpoint, string Output, IReadOnlyDictionary<string, string> Settings, int Workers);
