using CheckpointBuild.DTypes;

namespace CheckpointBuild.Formats;

/// <summary>What a safetensors header says of one tensor.</summary>
/// <param name="Index">Its place in the header.</param>
/// <param name="Name">Its name.</param>
/// <param name="DType">Its dtype.</param>
/// <param name="Extent">Its shape, and the bytes that shape and dtype make.</param>
/// <param name="Begin">Its first byte, counted from the start of the data.</param>
/// <param name="End">The byte after its last, not before <paramref name="Begin"/>.</param>
internal readonly record struct SafetensorsEntry(int Index, string Name, DType DType, Extent Extent, long Begin, long End);
