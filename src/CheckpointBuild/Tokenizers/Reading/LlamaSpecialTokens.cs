using System.Collections.Generic;
using System.Globalization;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>The special tokens of Llama 3, which stand behind the ranks of its tiktoken file in this order.</summary>
internal static class LlamaSpecialTokens
{
    private const string Reserved = "";

    // Places that a release has not named carry the next reserved number.
    private static readonly string[] Llama3 =
    [
        "<|begin_of_text|>", "<|end_of_text|>", Reserved, Reserved, Reserved, Reserved, "<|start_header_id|>", "<|end_header_id|>", Reserved, "<|eot_id|>",
    ];

    private static readonly string[] Llama31 =
    [
        "<|begin_of_text|>", "<|end_of_text|>", Reserved, Reserved, "<|finetune_right_pad_id|>", Reserved, "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
    ];

    /// <summary>The names in order, without end.</summary>
    /// <param name="release">The release.</param>
    /// <returns>The names.</returns>
    internal static IEnumerable<string> Names(LlamaRelease release)
    {
        string[] named = release == LlamaRelease.Llama3 ? Llama3 : Llama31;
        int reserved = 0;
        for (int i = 0; ; i++)
        {
            yield return i < named.Length && named[i].Length > 0 ? named[i] : string.Create(CultureInfo.InvariantCulture, $"<|reserved_special_token_{reserved++}|>");
        }
    }
}
