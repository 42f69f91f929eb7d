using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CheckpointBuild.Tokenizers;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>Measures how a pre-tokenizer splits a text that is full of borders. Two pre-tokenizers with the same measure are taken to be the same, however they are written.</summary>
internal static class SplitProbe
{
    private const int RandomCharacters = 24_000;
    private static readonly Lazy<string> Text = new(MakeText);

    // One or more characters of each class that some split pattern tells apart.
    private static readonly string[] Pieces =
    [
        "a", "b", "s", "t", "ll", "re", "ve", "m", "d", "A", "S", "LL", "Dž", "ʰ", "é", "Ω", "я", "中", "文", "ぁ", "カ", "한", "ก", "א", "ا", "𠮷", "𐐀", "\u0301", "\u094D", "1", "2", "٣", "²", "½", "Ⅷ",
        " ", " ", "  ", "   ", "\n", "\r\n", "\n\n", "\t", "\u00A0", "\u3000", "'", "’", "\"", "!", "?", ".", ",", "-", "_", "/", "//", "(", ")", "[", "]", "{", "}", "|", "。", "，", "、", "！", "$", "+", "<", "=", ">", "^", "~", "`", "@", "#", "%", "&", "*", "\\", ":", ";", "€", "😀", "\u200D", "\u0000", "\uE000",
    ];

    /// <summary>Measures a pre-tokenizer.</summary>
    /// <param name="steps">Its steps.</param>
    /// <returns>A hash of the pieces in order.</returns>
    internal static string Measure(ImmutableArray<PreTokenizerStep> steps)
    {
        using var recorder = new Recorder();
        SplitterChain.Build(steps, recorder).Split(Text.Value, PiecePlace.AtStart, new EncodeState());
        return recorder.Hash;
    }

    private static string MakeText()
    {
        var text = new StringBuilder();
        uint state = 1;
        while (text.Length < RandomCharacters)
        {
            // A linear congruential generator (Numerical Recipes): the text must be the same everywhere.
            state = (state * 1664525) + 1013904223;
            string piece = Pieces[(int)(state >> 16) % Pieces.Length];
            int times = (state >> 8 & 7) == 0 ? 1 + (int)(state >> 11 & 7) : 1;
            for (int i = 0; i < times; i++)
            {
                text.Append(piece);
            }
        }

        return text.ToString();
    }

    private sealed class Recorder : Splitter, IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        internal string Hash => Convert.ToHexString(_hash.GetCurrentHash());

        public void Dispose() => _hash.Dispose();

        internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output)
        {
            // U+FFFF stands in no piece: it marks the border.
            _hash.AppendData(MemoryMarshal.AsBytes(piece));
            _hash.AppendData([0xFF, 0xFF]);
        }
    }
}
