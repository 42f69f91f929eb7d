using CheckpointBuild.Dialects;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Building;

/// <summary>What a build is given beside its source and recipe.</summary>
/// <param name="Hashes">Hashes remembered from earlier builds.</param>
/// <param name="Name">The checkpoint's name where its path does not tell it.</param>
/// <param name="Calibrator">Runs the model where the recipe asks for something measured.</param>
/// <param name="Tool">Builds the engine where the recipe asks for one that is not ours.</param>
internal sealed record EngineBuildOptions(SourceHashes Hashes, string? Name, Calibrator? Calibrator, EngineTool? Tool);
