using System;

namespace CheckpointBuild.Tokenizers.Splitting;

/// <summary>A link of the chain that takes text apart: it splits each piece that it is handed and hands the parts on. The last link turns them into ids.</summary>
internal abstract class Splitter
{
    /// <summary>Splits a piece.</summary>
    /// <param name="piece">The piece; not empty.</param>
    /// <param name="place">Whether it stands at the start of the text.</param>
    /// <param name="output">What the whole chain writes to.</param>
    internal abstract void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output);
}
