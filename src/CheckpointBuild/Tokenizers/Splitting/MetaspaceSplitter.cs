using System;

namespace CheckpointBuild.Tokenizers.Splitting;

/// <summary>Writes spaces as a mark and lets pieces begin with it.</summary>
/// <param name="step">The step.</param>
/// <param name="next">The next link.</param>
internal sealed class MetaspaceSplitter(PreTokenizerStep.Metaspace step, Splitter next) : Splitter
{
    /// <inheritdoc/>
    internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output)
    {
        string text = piece.ToString().Replace(" ", step.Mark, StringComparison.Ordinal);
        bool prepends = step.Prepend == PrependScheme.Always || (step.Prepend == PrependScheme.First && place == PiecePlace.AtStart);
        if (prepends && !text.StartsWith(step.Mark, StringComparison.Ordinal))
        {
            text = step.Mark + text;
        }

        if (!step.Splits)
        {
            next.Split(text, place, output);
            return;
        }

        for (int at = 0; at < text.Length;)
        {
            int mark = text.IndexOf(step.Mark, at + 1, StringComparison.Ordinal);
            int end = mark < 0 ? text.Length : mark;
            next.Split(text.AsSpan(at, end - at), at == 0 ? place : PiecePlace.Inside, output);
            at = end;
        }
    }
}
