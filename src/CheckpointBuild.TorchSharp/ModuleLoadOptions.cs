using System;
using CheckpointBuild.Models;

namespace CheckpointBuild.TorchSharp;

/// <summary>How a checkpoint goes into a module.</summary>
public sealed record ModuleLoadOptions
{
    /// <summary>What happens where dtypes differ.</summary>
    public DTypeRule DTypes { get; init; }

    /// <summary>Parameters of the module that no checkpoint has, such as those of adapters; the default is none.</summary>
    public Func<string, bool> IsOwn { get; init; } = _ => false;

    /// <summary>By which names the module calls its parameters; null = those of Hugging Face's files.</summary>
    public TensorNaming? Naming { get; init; }
}
