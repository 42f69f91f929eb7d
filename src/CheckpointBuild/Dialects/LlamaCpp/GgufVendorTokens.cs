using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Formats;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What llama.cpp's converter knows about single architectures' tokenizers and no file says.</summary>
internal static class GgufVendorTokens
{
    private static readonly (SpecialTokenKind Kind, string Text)[] Glm =
    [
        (SpecialTokenKind.End, "<|endoftext|>"),
        (SpecialTokenKind.EndOfTurn, "<|user|>"),
        (SpecialTokenKind.Unknown, "<|endoftext|>"),
        (SpecialTokenKind.Begin, "<|endoftext|>"),
    ];

    private static readonly Dictionary<string, (SpecialTokenKind Kind, string Text)[]> Texts = new(StringComparer.Ordinal)
    {
        ["GlmForCausalLM"] = Glm,
        ["Glm4ForCausalLM"] = Glm,
        ["Glm4MoeForCausalLM"] = Glm,
    };

    // The end of Gemma's turns, <end_of_turn>.
    private static readonly Dictionary<string, (string Key, object Value)[]> Keys = new(StringComparer.Ordinal)
    {
        ["GemmaForCausalLM"] = [(GgufSpecialTokens.IdKey(SpecialTokenKind.EndOfTurn), 107u), (SpacePrefix, false)],
        ["Gemma2ForCausalLM"] = [(SpacePrefix, false)],
        ["Gemma3ForCausalLM"] = [(SpacePrefix, false)],
        ["Gemma3ForConditionalGeneration"] = [(SpacePrefix, false)],
        ["NemotronForCausalLM"] = [(GgufSpecialTokens.IdKey(SpecialTokenKind.Padding), 0u), (GgufSpecialTokens.IdKey(SpecialTokenKind.Unknown), 1u)],
    };

    // Two families' small vocabularies, which the converter of every Llama-like architecture knows by their size: CodeLlama's end of a turn, <EOT>, and Granite's and SmolLM's without a begin token.
    private static readonly Dictionary<int, (string Key, object Value)[]> KeysBySize = new()
    {
        [32016] = [(GgufSpecialTokens.IdKey(SpecialTokenKind.EndOfTurn), 32010u)],
        [49152] = [(GgufSpecialTokens.AdditionKey(SpecialTokenKind.Begin), false)],
    };

    /// <summary>Architectures whose converter is Llama's.</summary>
    internal static readonly string[] LikeLlama = ["LlamaForCausalLM", "MistralForCausalLM", "MixtralForCausalLM", "GraniteForCausalLM", "ArceeForCausalLM", "SmolLM3ForCausalLM"];

    /// <summary>The key that says whether a space is put before the text.</summary>
    internal const string SpacePrefix = GgufTokenizerTables.Prefix + "add_space_prefix";

    /// <summary>Special tokens that are found by their text where the files name none.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <param name="architecture">The model's architecture.</param>
    /// <returns>Kinds and ids.</returns>
    internal static IEnumerable<(SpecialTokenKind Kind, int Id)> IdsOf(TokenizerModel model, string? architecture) =>
        from entry in architecture is not null && Texts.TryGetValue(architecture, out (SpecialTokenKind Kind, string Text)[]? texts) ? texts : []
        let token = model.AddedTokens.FirstOrDefault(t => t.Content == entry.Text)
        where token is not null
        select (entry.Kind, token.Id);

    /// <summary>Writes the keys that an architecture's converter writes last.</summary>
    /// <param name="metadata">Receives them.</param>
    /// <param name="target">The model's architecture and its vocabulary's size.</param>
    internal static void Write(Metadata metadata, GgufVocabularyTarget target)
    {
        (string Key, object Value)[]? keys = target.Architecture is not { } architecture ? null
            : LikeLlama.Contains(architecture) ? KeysBySize.GetValueOrDefault(target.Rows)
            : Keys.GetValueOrDefault(architecture);
        foreach ((string key, object value) in keys ?? [])
        {
            metadata.Set(key, value);
        }
    }
}
