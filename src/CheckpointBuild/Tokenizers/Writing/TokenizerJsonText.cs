using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers.Writing;

/// <summary>Writes Hugging Face's <c>tokenizer.json</c>, as its library does.</summary>
internal static class TokenizerJsonText
{
    /// <summary>Writes a tokenizer.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>The file's text.</returns>
    internal static string Write(TokenizerModel model) => Write(HuggingFaceForm.Of(model), NormalizerForm.AsItIs);

    /// <summary>Writes a tokenizer as transformers' converter for Llama does.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>The file's text; null where that converter takes no such tokenizer.</returns>
    internal static string? WriteByConverter(TokenizerModel model) => TransformersForm.Of(model) is { } converted ? Write(converted, NormalizerForm.Sequence) : null;

    private static string Write(TokenizerModel model, NormalizerForm form)
    {
        PrettyJson json = new PrettyJson().BeginObject().Text("version", "1.0").Text("truncation", null).Text("padding", null);
        WriteAddedTokens(json, model.AddedTokens);
        StepsJson.Write(json, model.Normalizer, form);
        StepsJson.Write(json, model.PreTokenizer);
        StepsJson.Write(json, model.PostProcessor);
        StepsJson.Write(json, model.Decoder);
        json.BeginObject("model");
        if (model.Algorithm is TokenizerAlgorithm.Unigram unigram)
        {
            WriteUnigram(json, model, unigram);
        }
        else
        {
            WriteBytePairs(json, model, (TokenizerAlgorithm.BytePairs)model.Algorithm);
        }

        return json.End().End().ToString();
    }

    private static void WriteAddedTokens(PrettyJson json, ImmutableArray<AddedToken> tokens)
    {
        json.BeginArray("added_tokens");
        foreach (AddedToken token in tokens)
        {
            json.BeginObject()
                .Integer("id", token.Id)
                .Text("content", token.Content)
                .Flag("single_word", (token.Rules & AddedTokenRules.SingleWord) != 0)
                .Flag("lstrip", (token.Rules & AddedTokenRules.StripLeft) != 0)
                .Flag("rstrip", (token.Rules & AddedTokenRules.StripRight) != 0)
                .Flag("normalized", token.IsNormalized)
                .Flag("special", token.IsSpecial)
                .End();
        }

        json.End();
    }

    private static void WriteBytePairs(PrettyJson json, TokenizerModel model, TokenizerAlgorithm.BytePairs algorithm)
    {
        json.Text("type", "BPE")
            .Text("dropout", null)
            .Text("unk_token", algorithm.UnknownToken)
            .Text("continuing_subword_prefix", algorithm.ContinuingPrefix)
            .Text("end_of_word_suffix", algorithm.WordSuffix)
            .Flag("fuse_unk", algorithm.FusesUnknown)
            .Flag("byte_fallback", algorithm.FallsBackToBytes)
            .Flag("ignore_merges", algorithm.IgnoresMerges)
            .BeginObject("vocab");
        for (int id = 0; id < model.Tokens.Length; id++)
        {
            if (model.Tokens[id] is { } text)
            {
                json.Integer(text, id);
            }
        }

        json.End().BeginArray("merges");
        foreach (Merge merge in algorithm.Merges)
        {
            json.BeginArray().Text(null, merge.Left).Text(null, merge.Right).End();
        }

        json.End();
    }

    private static void WriteUnigram(PrettyJson json, TokenizerModel model, TokenizerAlgorithm.Unigram algorithm)
    {
        json.Text("type", "Unigram");
        _ = algorithm.UnknownId is { } unknown ? json.Integer("unk_id", unknown) : json.Text("unk_id", null);
        json.BeginArray("vocab");
        for (int id = 0; id < model.Tokens.Length; id++)
        {
            json.BeginArray().Text(null, model.Tokens[id] ?? "").Number(null, model.Scores[id]).End();
        }

        json.End().Flag("byte_fallback", algorithm.FallsBackToBytes);
    }
}
