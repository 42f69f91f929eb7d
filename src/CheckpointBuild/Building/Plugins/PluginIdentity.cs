namespace CheckpointBuild.Building.Plugins;

/// <summary>Which plug-in took part in a build.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="Sha256">SHA-256 over its files, 64 hex digits in lower case.</param>
public sealed record PluginIdentity(string Name, string Sha256);
