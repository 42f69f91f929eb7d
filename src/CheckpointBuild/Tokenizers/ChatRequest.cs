using System;
using System.Collections.Generic;
using System.Text.Json;

namespace CheckpointBuild.Tokenizers;

/// <summary>A conversation that is to be rendered.</summary>
public sealed record ChatRequest
{
    /// <summary>The messages: a JSON array of objects, as every chat API has them.</summary>
    public required JsonElement Messages { get; init; }

    /// <summary>The tools' descriptions, a JSON array; null for none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>How the text ends.</summary>
    public ChatEnding Ending { get; init; }

    /// <summary>Further variables of the template.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The special tokens' texts by the names that templates use: <c>bos_token</c> and the like.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>What templates take for the present moment; null for the machine's clock.</summary>
    public DateTime? Now { get; init; }
}
