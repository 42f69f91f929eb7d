using System.Collections.Immutable;

namespace CheckpointBuild.Tests.Readers;

/// <summary>A tensor of a GGUF file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its layout.</param>
/// <param name="Dimensions">Innermost first, as the file has them.</param>
/// <param name="Offset">Relative to the start of the data.</param>
/// <param name="Data">Its bytes.</param>
internal sealed record GgufTensor(string Name, GgmlType Type, ImmutableArray<long> Dimensions, long Offset, byte[] Data);
