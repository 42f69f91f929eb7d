using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Tokenizers.Reading;

namespace CheckpointBuild.Tokenizers.Writing;

/// <summary>Writes Hugging Face's <c>tokenizer_config.json</c>.</summary>
internal static class TokenizerConfigurationText
{
    /// <summary>The class that every version of the library knows and that takes everything from <c>tokenizer.json</c>.</summary>
    private const string ClassName = "PreTrainedTokenizerFast";

    /// <summary>Writes what <c>tokenizer.json</c> does not say.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>The file's text.</returns>
    internal static string Write(TokenizerModel model)
    {
        var tokenizer = Tokenizer.Create(model);
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["tokenizer_class"] = ClassName };
        foreach ((string name, SpecialTokenKind kind) in TokenizerConfiguration.Kinds)
        {
            if (model.IdOf(kind) is { } id && tokenizer.TokenText(id) is { } text)
            {
                texts[$"{name}_token"] = text;
            }
        }

        PrettyJson json = new PrettyJson().BeginObject();
        foreach ((string name, SpecialTokenKind kind) in TokenizerConfiguration.Kinds.OrderBy(k => k.Name, StringComparer.Ordinal))
        {
            foreach (StatedAddition addition in model.StatedAdditions.Where(a => a.Kind == kind))
            {
                json.Flag($"add_{name}_token", addition.IsAdded);
            }
        }

        // Spaces before punctuation are the model's own; the library takes them away where it is not told otherwise.
        texts["clean_up_tokenization_spaces"] = "";
        foreach ((string name, string text) in texts)
        {
            _ = text.Length == 0 ? json.Flag(name, false) : json.Text(name, text);
        }

        return json.End() + "\n";
    }
}
