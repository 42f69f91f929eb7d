namespace CheckpointBuild.Tool.Packages;

/// <summary>What a package says about itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="License">An SPDX expression, or null.</param>
/// <param name="Authors">Who made it.</param>
/// <param name="Readme">The text of its readme.</param>
internal sealed record PackageDescription(string Id, string Version, string? License, string Authors, string Readme);
