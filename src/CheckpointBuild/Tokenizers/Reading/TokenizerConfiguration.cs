using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads Hugging Face's <c>tokenizer_config.json</c>.</summary>
internal static class TokenizerConfiguration
{
    /// <summary>The file's name.</summary>
    internal const string FileName = "tokenizer_config.json";

    /// <summary>What the files call the special tokens, in the order in which they are looked up.</summary>
    internal static readonly (string Name, SpecialTokenKind Kind)[] Kinds =
    [
        ("bos", SpecialTokenKind.Begin),
        ("eos", SpecialTokenKind.End),
        ("unk", SpecialTokenKind.Unknown),
        ("sep", SpecialTokenKind.Separator),
        ("pad", SpecialTokenKind.Padding),
        ("cls", SpecialTokenKind.Class),
        ("mask", SpecialTokenKind.Mask),
    ];

    /// <summary>Reads which special tokens are said to be added to every text.</summary>
    /// <param name="root">The file's root.</param>
    /// <returns>What is stated, in the order of <see cref="Kinds"/>.</returns>
    internal static ImmutableArray<StatedAddition> ReadAdditions(JsonPart root) =>
    [
        .. from kind in Kinds
           let flag = root[$"add_{kind.Name}_token"]
           where flag.Element.ValueKind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False
           select new StatedAddition(kind.Kind, flag.Flag(false)),
    ];

    /// <summary>Adds the tokens that <c>added_tokens_decoder</c> lists and that the tokenizer does not know as added ones.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <param name="root">The file's root.</param>
    /// <returns>The tokenizer with them, in the order of their ids.</returns>
    internal static TokenizerModel AddTokens(TokenizerModel model, JsonPart root)
    {
        var known = new HashSet<int>(model.AddedTokens.Where(t => (t.Rules & AddedTokenRules.Implied) == 0).Select(t => t.Id));
        var more = new SortedDictionary<int, AddedToken>();
        foreach ((string key, JsonPart entry) in root["added_tokens_decoder"].Fields())
        {
            string content = entry["content"].Text();
            int id = long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? VocabularyBuilder.Checked(root.File, content, number) : throw entry.Wrong("named by an id");
            if (!known.Contains(id))
            {
                more[id] = new AddedToken(id, content, TokenizerJson.ReadRules(entry));
            }
        }

        return more.Count == 0 ? model : model with { AddedTokens = [.. model.AddedTokens.Where(t => !more.ContainsKey(t.Id)), .. more.Values] };
    }

    /// <summary>The text of a special token: a string, or an object with <c>content</c>.</summary>
    /// <param name="part">The field.</param>
    /// <returns>The text, or null where it has neither form.</returns>
    internal static string? SpecialText(JsonPart part) => part.IsText ? part.Text() : part["content"].IsText ? part["content"].Text() : null;
}
