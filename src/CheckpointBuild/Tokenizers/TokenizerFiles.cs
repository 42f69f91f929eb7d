using System;
using System.Collections.Immutable;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers.Reading;
using CheckpointBuild.Tokenizers.Writing;

namespace CheckpointBuild.Tokenizers;

/// <summary>Reads a tokenizer from the files that stand beside a checkpoint's weights, and writes them.</summary>
public static class TokenizerFiles
{
    private static readonly string[] Main = [TokenizerJson.FileName, SentencePieceFile.FileName];

    /// <summary>Whether a folder has a tokenizer that is read here.</summary>
    /// <param name="files">The folder's files.</param>
    /// <returns>True when it has.</returns>
    public static bool IsThere(TokenizerFolder files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return Array.Exists(Main, files.Has) || (files.Has(VocabularyAndMerges.VocabularyFile) && files.Has(VocabularyAndMerges.MergesFile));
    }

    /// <summary>Reads a folder's tokenizer: <c>tokenizer.json</c>, else <c>tokenizer.model</c>, else <c>vocab.json</c> and <c>merges.txt</c>, with what the configuration files beside it say about special tokens and chat templates.</summary>
    /// <param name="files">The folder's files.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointException">CKPT2107 where there is none; 21xx where a file is damaged or holds what is not known.</exception>
    public static TokenizerModel Read(TokenizerFolder files)
    {
        ArgumentNullException.ThrowIfNull(files);
        JsonPart configuration = files.Json(TokenizerConfiguration.FileName);
        TokenizerModel model = ReadAlgorithm(files, configuration);
        model = TokenizerConfiguration.AddTokens(model, configuration);
        model = AddedTokensJson.AddTokens(model, files);
        return model with
        {
            SpecialTokens = SpecialTokenFiles.Read(files, model) is { IsEmpty: false } special ? special : model.SpecialTokens,
            StatedAdditions = TokenizerConfiguration.ReadAdditions(configuration),
            StatedSpacePrefix = configuration["add_prefix_space"].IsNull ? null : configuration["add_prefix_space"].Flag(false),
            ChatTemplates = ChatTemplateFiles.Read(files),
            ClassName = configuration["tokenizer_class"].IsText ? configuration["tokenizer_class"].Text() : null,
        };
    }

    /// <summary>Writes a tokenizer as Hugging Face's files, whatever it was read from.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns><c>tokenizer.json</c>, <c>tokenizer_config.json</c> and the chat templates.</returns>
    public static ImmutableArray<TokenizerFile> Write(TokenizerModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return
        [
            new(TokenizerJson.FileName, Encoding.UTF8.GetBytes(TokenizerJsonText.Write(model))),
            new(TokenizerConfiguration.FileName, Encoding.UTF8.GetBytes(TokenizerConfigurationText.Write(model))),
            .. ChatTemplateFiles.Write(model.ChatTemplates),
        ];
    }

    /// <summary>Writes <c>tokenizer.json</c> as transformers' converter for Llama does.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>The file; null where that converter takes no such tokenizer.</returns>
    internal static TokenizerFile? WriteByConverter(TokenizerModel model) =>
        TokenizerJsonText.WriteByConverter(model) is { } text ? new TokenizerFile(TokenizerJson.FileName, Encoding.UTF8.GetBytes(text)) : null;

    private static TokenizerModel ReadAlgorithm(TokenizerFolder files, JsonPart configuration)
    {
        ReadOnlyMemory<byte> other = files.Has(SentencePieceFile.FileName) ? files.Open(SentencePieceFile.FileName) : default;
        SentencePieceModel? pieces = SentencePieceFile.Recognizes(other.Span) ? SentencePieceFile.Read(SentencePieceFile.FileName, other.Span) : null;
        if (files.Has(TokenizerJson.FileName))
        {
            return TokenizerJson.Read(files.Json(TokenizerJson.FileName)) with { SentencePiece = pieces };
        }

        if (pieces is not null)
        {
            return SentencePieceTokenizer.Create(pieces, configuration);
        }

        if (TiktokenFile.Recognizes(other.Span))
        {
            return TiktokenFile.Read(SentencePieceFile.FileName, other.Span, files.Json("params.json"));
        }

        if (files.Has(VocabularyAndMerges.VocabularyFile) && files.Has(VocabularyAndMerges.MergesFile))
        {
            return VocabularyAndMerges.Read(files, configuration);
        }

        throw other.IsEmpty ? Errors.NoTokenizer(files.Name, Main) : Errors.TokenizerFileDamaged(SentencePieceFile.FileName, "it is neither SentencePiece's nor tiktoken's");
    }
}
