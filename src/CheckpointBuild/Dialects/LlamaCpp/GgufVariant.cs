using System;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>A family that shares its architecture with others in llama.cpp's files.</summary>
/// <param name="Architecture">What Hugging Face calls it.</param>
/// <param name="Holds">Whether a file is of it.</param>
internal sealed record GgufVariant(string Architecture, Func<TensorFile, bool> Holds);
