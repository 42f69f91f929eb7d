using CheckpointBuild.Quantization;

namespace CheckpointBuild.Building;

/// <summary>What a plan is made with beside its source: numbers that were measured, or that will be.</summary>
/// <param name="Importance">The importance matrix; null = none.</param>
/// <param name="Statistics">Calibration statistics; null = those of the file that the recipe names, if any.</param>
internal sealed record Measurements(ImportanceMatrix? Importance, CalibrationStatistics? Statistics);
