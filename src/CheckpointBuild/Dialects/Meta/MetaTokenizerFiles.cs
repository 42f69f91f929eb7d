using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.Meta;

/// <summary>What Hugging Face's files say of Meta's tokenizers beside <c>tokenizer.json</c>, as transformers' own converter (4.46.3) writes it: which tokens are special, and the class that reads them.</summary>
internal static class MetaTokenizerFiles
{
    /// <summary>Which tokens begin, end, or stand for what is not known.</summary>
    internal const string SpecialTokens = "special_tokens_map.json";

    /// <summary>The class, and its choices.</summary>
    internal const string Configuration = "tokenizer_config.json";

    // What the library has for "as long as you like": Python's int(1e30).
    private const string Endless = "1000000000000000019884624838656";

    /// <summary>Writes the map of special tokens.</summary>
    /// <param name="tokenizer">The tokenizer, of SentencePiece or tiktoken.</param>
    /// <returns>JSON.</returns>
    public static string MapOf(TokenizerModel tokenizer) =>
        ConfigFile.Text(new JsonObject(SpecialOf(tokenizer).Select(t => KeyValuePair.Create<string, JsonNode?>(t.Name, Rules(t.Text, false)))));

    /// <summary>Writes the configuration.</summary>
    /// <param name="tokenizer">The tokenizer, of SentencePiece or tiktoken.</param>
    /// <param name="context">Positions of the model.</param>
    /// <param name="tolerance">By the reference, decoding takes spaces before punctuation away, which the model's tokens do not say.</param>
    /// <returns>JSON.</returns>
    public static string ConfigurationOf(TokenizerModel tokenizer, int context, SourceTolerance tolerance)
    {
        JsonObject configuration = tokenizer.SentencePiece is null ? OfTiktoken(context, tolerance) : OfSentencePiece();
        configuration["added_tokens_decoder"] = new JsonObject(Added(tokenizer).Select(t => KeyValuePair.Create<string, JsonNode?>(t.Id.ToString(CultureInfo.InvariantCulture), Rules(t.Text, true))));
        foreach ((string name, _, string text) in SpecialOf(tokenizer))
        {
            configuration[name] = text;
        }

        return ConfigFile.Text(new JsonObject(configuration.OrderBy(p => p.Key, System.StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))));
    }

    private static IEnumerable<(string Name, int Id, string Text)> SpecialOf(TokenizerModel tokenizer)
    {
        (string, int?)[] kinds = tokenizer.SentencePiece is { } pieces
            ? [("bos_token", pieces.BeginId), ("eos_token", pieces.EndId), ("unk_token", pieces.UnknownId)]
            : [("bos_token", tokenizer.IdOf(SpecialTokenKind.Begin)), ("eos_token", tokenizer.IdOf(SpecialTokenKind.End))];
        Tokenizer texts = Tokenizer.Create(tokenizer);
        return kinds.Where(k => k.Item2 is >= 0).Select(k => (k.Item1, k.Item2!.Value, Text: texts.TokenText(k.Item2.Value))).Where(k => k.Text is not null)!;
    }

    // A model of pieces knows its control pieces; of tiktoken's tokens all special ones stand behind the others.
    private static IEnumerable<(int Id, string Text)> Added(TokenizerModel tokenizer) => tokenizer.SentencePiece is null
        ? tokenizer.AddedTokens.OrderBy(t => t.Id).Select(t => (t.Id, t.Content))
        : SpecialOf(tokenizer).OrderBy(t => t.Id).Select(t => (t.Id, t.Text));

    private static JsonObject OfTiktoken(int context, SourceTolerance tolerance) => new()
    {
        ["clean_up_tokenization_spaces"] = tolerance == SourceTolerance.Reference,
        ["model_input_names"] = new JsonArray("input_ids", "attention_mask"),
        ["model_max_length"] = context,
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
    };

    private static JsonObject OfSentencePiece() => new()
    {
        ["add_bos_token"] = true,
        ["add_eos_token"] = false,
        ["add_prefix_space"] = null,
        ["clean_up_tokenization_spaces"] = false,
        ["legacy"] = true,
        ["model_max_length"] = JsonNode.Parse(Endless),
        ["pad_token"] = null,
        ["sp_model_kwargs"] = new JsonObject(),
        ["spaces_between_special_tokens"] = false,
        ["tokenizer_class"] = "LlamaTokenizer",
        ["use_default_system_prompt"] = false,
    };

    private static JsonObject Rules(string text, bool isSpecial)
    {
        var rules = new JsonObject { ["content"] = text, ["lstrip"] = false, ["normalized"] = false, ["rstrip"] = false, ["single_word"] = false };
        if (isSpecial)
        {
            rules["special"] = true;
        }

        return rules;
    }
}
