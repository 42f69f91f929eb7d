using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers.Merging;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads tiktoken's file form, which Meta ships as <c>tokenizer.model</c>: a line for each token with its bytes in base64 and its rank, which is its id.</summary>
/// <remarks>The file names no special tokens and no split pattern: both are Llama 3's, as in Meta's own code.</remarks>
internal static class TiktokenFile
{
    /// <summary>How Llama 3 splits text.</summary>
    internal const string Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Whether bytes may be such a file: the first line is base64, a space and a number.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <returns>True when they may be.</returns>
    internal static bool Recognizes(ReadOnlySpan<byte> bytes)
    {
        int end = bytes[..Math.Min(bytes.Length, 1024)].IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? bytes[..Math.Min(bytes.Length, 1024)] : bytes[..end];
        int space = line.IndexOf((byte)' ');
        return space > 0 && Base64.IsValid(line[..space]) && Utf8Parser.TryParse(line[(space + 1)..], out int _, out _);
    }

    /// <summary>Reads the file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="parameters">The root of Meta's <c>params.json</c>; it may be missing.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointException">CKPT2100, CKPT2104 or CKPT2105.</exception>
    internal static TokenizerModel Read(string file, ReadOnlySpan<byte> bytes, JsonPart parameters)
    {
        var vocabulary = new VocabularyBuilder(file);
        foreach (Range range in bytes.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = bytes[range].TrimEnd((byte)'\r');
            if (!line.IsEmpty)
            {
                AddLine(file, line, vocabulary);
            }
        }

        ImmutableArray<string?> tokens = vocabulary.Build();
        ImmutableArray<AddedToken> special = SpecialTokens(tokens.Length, parameters);
        TemplatePiece begin = new(special[0].Content, [special[0].Id], 0);
        return new TokenizerModel
        {
            Algorithm = new TokenizerAlgorithm.BytePairs(Merges(tokens)) { IgnoresMerges = true },
            Tokens = tokens,
            AddedTokens = special,
            PreTokenizer = [new PreTokenizerStep.Split(new TextPattern(Pattern, IsExpression: true), SplitBehavior.Isolated, Invert: false), new PreTokenizerStep.ByteLevel(AddPrefixSpace: false, UseRegex: false)],
            PostProcessor =
            [
                new PostProcessorStep.ByteLevel(AddPrefixSpace: true, TrimOffsets: false),
                new PostProcessorStep.Template([begin, new("A", [], 0)], [begin, new("A", [], 0), begin with { TypeId = 1 }, new("B", [], 1)]),
            ],
            Decoder = [new DecoderStep.ByteLevel()],
            SpecialTokens = [new(SpecialTokenKind.Begin, special[0].Id, SpecialTokenSource.Tokenizer), new(SpecialTokenKind.End, special[1].Id, SpecialTokenSource.Tokenizer)],
        };
    }

    private static void AddLine(string file, ReadOnlySpan<byte> line, VocabularyBuilder vocabulary)
    {
        int space = line.IndexOf((byte)' ');
        if (space <= 0 || !Utf8Parser.TryParse(line[(space + 1)..], out long rank, out int used) || used != line.Length - space - 1)
        {
            throw Errors.TokenizerFileDamaged(file, "a line is no token in base64 and its rank");
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(space)];
        if (Base64.DecodeFromUtf8(line[..space], bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written == 0)
        {
            throw Errors.TokenizerFileDamaged(file, "a token is no base64");
        }

        vocabulary.Add(ByteLetters.Write(bytes.AsSpan(0, written)), rank);
    }

    /// <summary>Every pair of tokens whose union is a token, in the order of the union's rank: joining by that list is what tiktoken does.</summary>
    /// <param name="tokens">The tokens by rank.</param>
    /// <returns>The merges in order.</returns>
    internal static ImmutableArray<Merge> Merges(ImmutableArray<string?> tokens)
    {
        var vocabulary = new Vocabulary(tokens);
        var merges = ImmutableArray.CreateBuilder<Merge>();
        var splits = new List<(int Left, int Right)>();
        foreach (string? token in tokens)
        {
            splits.Clear();
            for (int i = 1; i < token?.Length; i++)
            {
                if (vocabulary.IdOf(token.AsSpan(0, i)) is >= 0 and int left && vocabulary.IdOf(token.AsSpan(i)) is >= 0 and int right)
                {
                    splits.Add((left, right));
                }
            }

            splits.Sort();
            merges.AddRange(splits.Select(s => new Merge(tokens[s.Left]!, tokens[s.Right]!)));
        }

        return merges.ToImmutable();
    }

    private static ImmutableArray<AddedToken> SpecialTokens(int first, JsonPart parameters)
    {
        const int Usual = 256;
        long rows = parameters["vocab_size"].IsNull ? -1 : parameters["vocab_size"].Integer();
        int count = rows - first is >= 2 and <= 65_536 and long stated ? (int)stated : Usual;
        bool isLater = parameters["use_scaled_rope"].Flag(false);
        return [.. LlamaSpecialTokens.Names(isLater ? LlamaRelease.Llama31 : LlamaRelease.Llama3).Take(count).Select((name, i) => new AddedToken(first + i, name, AddedTokenRules.Special))];
    }
}
