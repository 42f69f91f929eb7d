using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models;

/// <summary>A file that goes along with the weights: tokenizer, chat template, generation settings, licence.</summary>
/// <param name="Name">Its path below the checkpoint's folder, with '/'.</param>
/// <param name="Content">Its bytes.</param>
public sealed record Sidecar(string Name, ByteSource Content);
