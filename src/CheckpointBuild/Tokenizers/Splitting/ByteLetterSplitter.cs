using System;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;

namespace CheckpointBuild.Tokenizers.Splitting;

/// <summary>Writes a piece's UTF-8 bytes as the letters of byte-level vocabularies.</summary>
/// <param name="next">The next link.</param>
internal sealed class ByteLetterSplitter(Splitter next) : Splitter
{
    /// <inheritdoc/>
    internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(piece)];
        Encoding.UTF8.GetBytes(piece, bytes);
        next.Split(ByteLetters.Write(bytes), place, output);
    }
}
