using System;
using System.Collections.Immutable;
using System.IO;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads the older pair of files of byte-level tokenizers: <c>vocab.json</c> and <c>merges.txt</c>. What they leave open the tokenizer's class says.</summary>
internal static class VocabularyAndMerges
{
    /// <summary>The vocabulary's file.</summary>
    internal const string VocabularyFile = "vocab.json";

    /// <summary>The merges' file.</summary>
    internal const string MergesFile = "merges.txt";

    private const string Qwen2 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Reads the files.</summary>
    /// <param name="files">The folder's files.</param>
    /// <param name="configuration">The root of <c>tokenizer_config.json</c>; it may be missing.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointException">21xx.</exception>
    internal static TokenizerModel Read(TokenizerFolder files, JsonPart configuration)
    {
        string className = configuration["tokenizer_class"].IsText ? configuration["tokenizer_class"].Text() : "GPT2Tokenizer";
        bool isQwen = className.StartsWith("Qwen2", StringComparison.Ordinal);
        if (!isQwen && !className.StartsWith("GPT2", StringComparison.Ordinal) && !className.StartsWith("GPTNeoX", StringComparison.Ordinal))
        {
            throw Errors.TokenizerConstructUnknown(configuration.File, "tokenizer class without a tokenizer.json", className);
        }

        return new TokenizerModel
        {
            Algorithm = new TokenizerAlgorithm.BytePairs(ReadMerges(files)),
            Tokens = TokenizerJson.ReadVocabulary(files.Json(VocabularyFile)),
            Normalizer = isQwen ? [new NormalizerStep.Unicode(UnicodeForm.Nfc)] : [],
            PreTokenizer = isQwen
                ? [new PreTokenizerStep.Split(new TextPattern(Qwen2, IsExpression: true), SplitBehavior.Isolated, Invert: false), new PreTokenizerStep.ByteLevel(AddPrefixSpace: false, UseRegex: false)]
                : [new PreTokenizerStep.ByteLevel(configuration["add_prefix_space"].Flag(false), UseRegex: true)],
            PostProcessor = [new PostProcessorStep.ByteLevel(AddPrefixSpace: true, TrimOffsets: false)],
            Decoder = [new DecoderStep.ByteLevel()],
        };
    }

    /// <summary>A line for each merge, its parts separated by a space; the first line may state the version.</summary>
    private static ImmutableArray<Merge> ReadMerges(TokenizerFolder files)
    {
        var merges = ImmutableArray.CreateBuilder<Merge>();
        using var reader = new StreamReader(new MemoryStream(files.Open(MergesFile).ToArray()));
        while (reader.ReadLine() is { } line)
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (line.Length == 0 || line.StartsWith("#version", StringComparison.Ordinal))
            {
                continue;
            }

            merges.Add(space > 0 && space < line.Length - 1 ? new Merge(line[..space], line[(space + 1)..]) : throw Errors.TokenizerFileDamaged(MergesFile, $"line {merges.Count + 1} is no merge"));
        }

        return merges.ToImmutable();
    }
}
