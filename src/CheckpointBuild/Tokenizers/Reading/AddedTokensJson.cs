using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads Hugging Face's <c>added_tokens.json</c>: tokens that were added to a vocabulary file that stays as it is.</summary>
internal static class AddedTokensJson
{
    private const string FileName = "added_tokens.json";
    private const string TokenMap = "special_tokens_map.json";

    /// <summary>Adds the tokens that the tokenizer does not know yet. Entries that repeat the vocabulary say nothing new.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <param name="files">The folder's files.</param>
    /// <returns>The tokenizer with them, in the order of their ids.</returns>
    internal static TokenizerModel AddTokens(TokenizerModel model, TokenizerFolder files)
    {
        var known = new HashSet<int>(model.AddedTokens.Select(t => t.Id));
        var special = new HashSet<string>(SpecialTexts(files));
        var more = new SortedDictionary<int, AddedToken>();
        foreach ((string text, JsonPart value) in files.Json(FileName).Fields())
        {
            int id = VocabularyBuilder.Checked(FileName, text, value.Integer());
            bool repeats = id < model.Tokens.Length && model.Tokens[id] == text;
            if (!repeats && known.Add(id))
            {
                more[id] = new AddedToken(id, text, special.Contains(text) ? AddedTokenRules.Special : AddedTokenRules.None);
            }
        }

        return more.Count == 0 ? model : model with { AddedTokens = model.AddedTokens.AddRange(more.Values) };
    }

    private static IEnumerable<string> SpecialTexts(TokenizerFolder files) =>
        from file in (string[])[TokenMap, TokenizerConfiguration.FileName]
        from field in files.Json(file).Fields()
        from text in field.Name == "additional_special_tokens" && field.Value.IsArray
            ? field.Value.Items().Select(TokenizerConfiguration.SpecialText)
            : [field.Name.EndsWith("_token", System.StringComparison.Ordinal) ? TokenizerConfiguration.SpecialText(field.Value) : null]
        where text is not null
        select text;
}
