using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Models;

/// <summary>Configuration, tensors and sidecars of one model, wherever they came from. It describes: whoever opened the files keeps them open.</summary>
/// <remarks>Tensors stand in the canonical arrangement: every role by itself, weights [out, in], the rotary dimensions of a head where Hugging Face's files have them.</remarks>
public sealed record Checkpoint
{
    /// <summary>What the model is called: the folder's or file's name.</summary>
    public required string Name { get; init; }

    /// <summary>The dialect that it was read in.</summary>
    public required string Dialect { get; init; }

    /// <summary>The architecture.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>The numbers that define the model.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>The weights by role.</summary>
    public required RoleTable Tensors { get; init; }

    /// <summary>Which file of Hugging Face's form each tensor came from, by its name there, where another form must give that back; null = nothing is known.</summary>
    public ImmutableDictionary<string, string>? Partition { get; init; }

    /// <summary>How many roles stand before a copy of the tied head that the source holds beside the embedding; null where it holds none. Converters that keep what is stored write the copy too.</summary>
    public int? TiedHeadPlace { get; init; }

    /// <summary>The tokenizer, where the checkpoint has one that is understood.</summary>
    public TokenizerModel? Tokenizer { get; init; }

    /// <summary>Why the tokenizer that the checkpoint has is not understood; null where it is, or where there is none.</summary>
    public Diagnostic? TokenizerFault { get; init; }

    /// <summary>Files carried along.</summary>
    public ImmutableArray<Sidecar> Sidecars { get; init; } = [];

    /// <summary>The Hugging Face configuration as it stood in the file, with the fields that we do not know; null where the source had none.</summary>
    public JsonObject? SourceConfig { get; init; }

    /// <summary>The source as its container holds it, where a product of the same dialect may keep it so; null where there is none.</summary>
    public SourceContainer? Container { get; init; }

    /// <summary>What was noticed on reading and did not stop it.</summary>
    public ImmutableArray<Diagnostic> Problems { get; init; } = [];

    /// <summary>The tokenizer, for whoever cannot do without.</summary>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointException">21xx saying why it is not understood, or that there is none.</exception>
    public TokenizerModel TokenizerOrThrow() => Tokenizer
        ?? throw (TokenizerFault is { } fault ? new CheckpointException(fault.Code, fault.Message, fault.File) : Errors.NoTokenizerInCheckpoint(Name));
}
