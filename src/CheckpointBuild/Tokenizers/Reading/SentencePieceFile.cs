using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads SentencePiece's <c>tokenizer.model</c>, a Protocol Buffers message (sentencepiece_model.proto).</summary>
/// <remarks>
/// <code>
/// 1 pieces: 1 text, 2 score, 3 type
/// 2 trainer: 3 model type (1 unigram, 2 byte pairs, 3 words, 4 characters), 24 white space as suffix, 35 byte fallback, 40 unk, 41 bos, 42 eos, 43 pad
/// 3 normalizer: 2 charsmap, 3 dummy prefix, 4 extra white space goes, 5 white space is escaped
/// </code>
/// </remarks>
internal static class SentencePieceFile
{
    /// <summary>The file's name.</summary>
    internal const string FileName = "tokenizer.model";

    private const int UnigramType = 1;
    private const int BytePairType = 2;

    /// <summary>Whether bytes may be such a file, and not tiktoken's lines of the same name: the first field is a piece.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <returns>True when they may be.</returns>
    internal static bool Recognizes(ReadOnlySpan<byte> bytes) => bytes is [0x0A, ..];

    /// <summary>Reads the file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="CheckpointException">CKPT2100, CKPT2102 or CKPT2105.</exception>
    internal static SentencePieceModel Read(string file, ReadOnlySpan<byte> bytes)
    {
        var pieces = ImmutableArray.CreateBuilder<SentencePiece>();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var model = new SentencePieceModel { Pieces = [], IsUnigram = true };
        var reader = new ProtobufReader(file, bytes);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    SentencePiece piece = ReadPiece(file, reader.Bytes);
                    VocabularyBuilder.Checked(file, piece.Text, pieces.Count);
                    pieces.Add(texts.Add(piece.Text) ? piece : throw Errors.TokenTwice(file, piece.Text, pieces.Count, "stands there twice"));
                    break;
                case 2:
                    model = ReadTrainer(file, reader.Bytes, model);
                    break;
                case 3:
                    model = model with { Normalizer = ReadNormalizer(file, reader.Bytes, model.Normalizer) };
                    break;
            }
        }

        return pieces.Count > 0 ? model with { Pieces = pieces.ToImmutable() } : throw Errors.TokenizerFileDamaged(file, "it holds no pieces");
    }

    private static SentencePiece ReadPiece(string file, ReadOnlySpan<byte> bytes)
    {
        var piece = new SentencePiece("", 0, TokenType.Normal);
        var reader = new ProtobufReader(file, bytes);
        while (reader.Read())
        {
            piece = reader.Field switch
            {
                1 => piece with { Text = reader.Text() },
                2 => piece with { Score = float.IsNaN(reader.Single) ? throw Errors.TokenizerFileDamaged(file, "a score in it is no number") : reader.Single },
                3 => piece with { Type = reader.Int32 is >= (int)TokenType.Normal and <= (int)TokenType.Byte ? (TokenType)reader.Int32 : throw Errors.TokenizerFileDamaged(file, "a piece in it has no type that there is") },
                _ => piece,
            };
        }

        return piece.Text.Length > 0 ? piece : throw Errors.TokenizerFileDamaged(file, "a piece in it is empty");
    }

    private static SentencePieceModel ReadTrainer(string file, ReadOnlySpan<byte> bytes, SentencePieceModel model)
    {
        var reader = new ProtobufReader(file, bytes);
        while (reader.Read())
        {
            model = reader.Field switch
            {
                3 => model with { IsUnigram = reader.Int32 is UnigramType or BytePairType ? reader.Int32 == UnigramType : throw Errors.TokenizerConstructUnknown(file, "model type", reader.Int32 == 3 ? "word" : "char") },
                24 => reader.Number == 0 ? model : throw Errors.TokenizerConstructUnknown(file, "setting", "treat_whitespace_as_suffix"),
                35 => model with { FallsBackToBytes = reader.Number != 0 },
                40 => model with { UnknownId = reader.Int32 },
                41 => model with { BeginId = reader.Int32 },
                42 => model with { EndId = reader.Int32 },
                43 => model with { PaddingId = reader.Int32 },
                _ => model,
            };
        }

        return model;
    }

    private static NormalizerStep.SentencePiece ReadNormalizer(string file, ReadOnlySpan<byte> bytes, NormalizerStep.SentencePiece normalizer)
    {
        var reader = new ProtobufReader(file, bytes);
        while (reader.Read())
        {
            normalizer = reader.Field switch
            {
                2 => normalizer with { Table = [.. reader.Bytes] },
                3 => normalizer with { AddDummyPrefix = reader.Number != 0 },
                4 => normalizer with { RemoveExtraWhitespaces = reader.Number != 0 },
                5 => normalizer with { EscapeWhitespaces = reader.Number != 0 },
                _ => normalizer,
            };
        }

        return normalizer;
    }
}
