using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects;

/// <summary>What a <see cref="ConfigSource"/> says about a checkpoint: all of it but the tensors.</summary>
public sealed record ModelDescription
{
    /// <summary>The architecture.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>The numbers that define the model.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>What the source itself calls the architecture: mappings are registered under it. Null = as the family.</summary>
    public string? Architecture { get; init; }

    /// <summary>The tokenizer, where there is one that is understood.</summary>
    public TokenizerModel? Tokenizer { get; init; }

    /// <summary>Why the tokenizer that is there is not understood.</summary>
    public Diagnostic? TokenizerFault { get; init; }

    /// <summary>Files carried along.</summary>
    public ImmutableArray<Sidecar> Sidecars { get; init; } = [];

    /// <summary>The Hugging Face configuration as it stood in the file; null where the source has none.</summary>
    public JsonObject? SourceConfig { get; init; }
}
