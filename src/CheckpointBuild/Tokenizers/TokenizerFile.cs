using System;

namespace CheckpointBuild.Tokenizers;

/// <summary>A file that a tokenizer is written to.</summary>
/// <param name="Name">Its name below the folder, with '/'.</param>
/// <param name="Bytes">What it holds.</param>
public sealed record TokenizerFile(string Name, ReadOnlyMemory<byte> Bytes);
