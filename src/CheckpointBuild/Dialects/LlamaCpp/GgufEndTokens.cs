using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>
/// The tokens that end a text. A GGUF file has three keys for them, and llama.cpp knows some by their text besides; the converter writes one key alone. What neither covers is put into the keys that are free,
/// so that every token that ends a text of the checkpoint ends one of the engine.
/// </summary>
internal static class GgufEndTokens
{
    private static readonly string[] Keys = ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

    private static readonly FrozenSet<string> KnownTexts = new[]
    {
        "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "</s>", "<EOT>", "_<EOT>", "<eos>", "<|return|>", "<|call|>", "<|fim_pad|>",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Writes the keys that the converter leaves out and the model needs.</summary>
    /// <param name="metadata">The file's keys, the tokenizer's among them.</param>
    /// <param name="config">The model.</param>
    /// <returns>A warning where the file cannot name every end token.</returns>
    public static IEnumerable<Diagnostic> Write(Metadata metadata, ModelConfig config)
    {
        var known = new HashSet<int>(Read(metadata, ""));
        var rest = new Queue<int>(config.EndTokens.Where(t => !known.Contains(t)));
        foreach (string key in Keys.Where(k => !metadata.TryGet(k, out _)))
        {
            if (rest.TryDequeue(out int token))
            {
                metadata.Set(key, (uint)token);
            }
        }

        return rest.Count > 0 ? [Errors.EndTokensLeft(string.Join(", ", rest))] : [];
    }

    /// <summary>Reads the tokens that end a text.</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="file">The file, for messages.</param>
    /// <returns>Their ids: those of the keys first, then those known by their text.</returns>
    public static ImmutableArray<int> Read(Metadata metadata, string file)
    {
        string[] tokens = metadata.Get<string[]>("tokenizer.ggml.tokens") ?? [];
        int[] types = metadata.Get<int[]>("tokenizer.ggml.token_type") ?? [];
        IEnumerable<int> byKey = Keys.Select(k => GgufKeyReader.Token(metadata, k, file)).OfType<int>();
        IEnumerable<int> byText = Enumerable.Range(0, tokens.Length).Where(i => i < types.Length && types[i] == Control && KnownTexts.Contains(tokens[i]));
        return [.. byKey.Concat(byText).Distinct()];
    }

    // ggml's token type of control tokens.
    private const int Control = 3;
}
