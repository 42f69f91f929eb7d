using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models;

/// <summary>A file that goes along with the weights: tokenizer, chat template, generation settings, licence. It is opened only where it is used, so that a build depends on nothing that it does not read.</summary>
/// <param name="Name">Its path below the checkpoint's folder, with '/'.</param>
/// <param name="Open">Gives its bytes; whoever opened the checkpoint keeps the file open.</param>
public sealed record Sidecar(string Name, Func<ByteSource> Open);
