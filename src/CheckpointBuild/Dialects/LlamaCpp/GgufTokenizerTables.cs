using System;
using System.Linq;
using CheckpointBuild.Formats;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The <c>tokenizer.*</c> keys, in the order and types in which llama.cpp's converter writes them.</summary>
internal static class GgufTokenizerTables
{
    /// <summary>Prefix of most keys.</summary>
    internal const string Prefix = "tokenizer.ggml.";

    /// <summary>Writes a tokenizer.</summary>
    /// <param name="metadata">Receives the keys; one that is there already keeps its place and gets the new value.</param>
    /// <param name="model">The tokenizer.</param>
    /// <param name="target">What else they depend on.</param>
    /// <exception cref="Diagnostics.CheckpointException">CKPT2111 where llama.cpp cannot split text like this tokenizer, CKPT2113 where it has more tokens than the embedding rows.</exception>
    internal static void Write(Metadata metadata, TokenizerModel model, GgufVocabularyTarget target)
    {
        WriteByteLevel(metadata, model, target);
        GgufSpecialTokens.Write(metadata, model, target.Architecture);
        WriteTemplates(metadata, model);
        GgufVendorTokens.Write(metadata, target.Architecture);
    }

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="file">The file, for messages.</param>
    /// <returns>The tokenizer, or null where the file has none.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT2105, CKPT2112 or CKPT2114.</exception>
    internal static TokenizerModel? Read(Metadata metadata, string file) => new GgufTokenizerReader(metadata, file).Read();

    private static void WriteByteLevel(Metadata metadata, TokenizerModel model, GgufVocabularyTarget target)
    {
        string name = target.PreTokenizer is { } named ? GgufPreTokenizer.Named(named).Names.First(n => n == named) : GgufPreTokenizer.NameOf(model, target.Architecture);
        (string[] tokens, int[] types) = GgufTokenList.OfByteLevel(model, target.Rows);
        metadata
            .Set(Prefix + "model", "gpt2")
            .Set(Prefix + "pre", name)
            .Set(Prefix + "tokens", tokens)
            .Set(Prefix + "token_type", types);

        string[] merges = [.. ((TokenizerAlgorithm.BytePairs)model.Algorithm).Merges.Select(m => $"{Encoded(m.Left)} {Encoded(m.Right)}")];
        if (merges.Length > 0)
        {
            metadata.Set(Prefix + "merges", merges);
        }
    }

    /// <summary>A space inside a merge's part becomes its byte letter, since a space separates the parts.</summary>
    private static string Encoded(string part) => part.Replace(' ', '\u0120');

    private static void WriteTemplates(Metadata metadata, TokenizerModel model)
    {
        string[] named = [.. model.ChatTemplates.Select(t => KeyName(t.Name)).Where(n => n.Length > 0 && n != "default").Distinct()];
        foreach (ChatTemplateText template in model.ChatTemplates.Where(t => named.Contains(KeyName(t.Name))))
        {
            metadata.Set($"tokenizer.chat_template.{KeyName(template.Name)}", template.Text);
        }

        if (named.Length > 0)
        {
            metadata.Set("tokenizer.chat_templates", named);
        }

        if (model.ChatTemplates.LastOrDefault(t => t.Name == "default") is { } main)
        {
            metadata.Set("tokenizer.chat_template", main.Text);
        }
    }

    private static string KeyName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
