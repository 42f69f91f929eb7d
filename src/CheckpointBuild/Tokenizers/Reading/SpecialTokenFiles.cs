using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Finds out from the configuration files which ids the special tokens have.</summary>
internal static class SpecialTokenFiles
{
    private const string ModelConfig = "config.json";
    private const string GenerationConfig = "generation_config.json";
    private const string TokenMap = "special_tokens_map.json";

    /// <summary>Finds the special tokens: first by the texts in the tokenizer's configuration, then by the ids in the model's, then anywhere.</summary>
    /// <param name="files">The folder's files.</param>
    /// <param name="model">The tokenizer.</param>
    /// <returns>They, each kind once, in the order in which they were found.</returns>
    internal static ImmutableArray<SpecialToken> Read(TokenizerFolder files, TokenizerModel model)
    {
        JsonPart tokenizer = files.Json(TokenizerConfiguration.FileName);
        var found = new List<SpecialToken>();
        foreach ((string name, SpecialTokenKind kind) in TokenizerConfiguration.Kinds)
        {
            if (TokenizerConfiguration.SpecialText(tokenizer[$"{name}_token"]) is { } text && files.Has(TokenizerJson.FileName))
            {
                Add(kind, Added(model, text), SpecialTokenSource.Tokenizer);
            }
        }

        JsonPart config = files.Json(ModelConfig);
        foreach ((string name, SpecialTokenKind kind) in TokenizerConfiguration.Kinds)
        {
            JsonPart id = config[$"{name}_token_id"];
            Add(kind, Id(id.IsNull ? config["text_config"][$"{name}_token_id"] : id), SpecialTokenSource.ModelConfig);
        }

        foreach ((string name, SpecialTokenKind kind) in TokenizerConfiguration.Kinds)
        {
            string? text = TokenizerConfiguration.SpecialText(tokenizer[$"{name}_token"]) ?? TokenizerConfiguration.SpecialText(files.Json(TokenMap)[$"{name}_token"]);
            int? id = text is null ? null : Added(model, text) ?? (model.Tokens.IndexOf(text) is >= 0 and int index ? index : null);
            Add(kind, id ?? First(files.Json(GenerationConfig)[$"{name}_token_id"]) ?? First(config[$"{name}_token_id"]), SpecialTokenSource.Vocabulary);
        }

        return [.. found];

        void Add(SpecialTokenKind kind, int? id, SpecialTokenSource source)
        {
            if (id is { } number && !found.Exists(t => t.Kind == kind))
            {
                found.Add(new(kind, number, source));
            }
        }
    }

    private static int? Added(TokenizerModel model, string text) => model.AddedTokens.FirstOrDefault(t => t.Content == text)?.Id;

    private static int? Id(JsonPart part) => part.Element.ValueKind == JsonValueKind.Number && part.Element.TryGetInt32(out int id) && id >= 0 ? id : null;

    /// <summary>An id, or the first of a list.</summary>
    private static int? First(JsonPart part) => part.IsArray && part.Element.GetArrayLength() > 0 ? Id(part with { Element = part.Element[0] }) : Id(part);
}
