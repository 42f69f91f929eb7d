using System;

namespace CheckpointBuild.Tokenizers.Splitting;

/// <summary>Puts a space before a piece that does not begin with one.</summary>
/// <param name="next">The next link.</param>
internal sealed class PrefixSpaceSplitter(Splitter next) : Splitter
{
    /// <inheritdoc/>
    internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output) =>
        next.Split(piece[0] == ' ' ? piece : string.Concat(" ", piece), place, output);
}
