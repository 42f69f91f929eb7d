using System;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Building.Quality;

/// <summary>A text that a model is judged on: open while the build is, so that what is hashed is what was read.</summary>
internal sealed class EvaluationText : IDisposable
{
    /// <summary>Tokens of a window, and so the least that a text must have.</summary>
    internal const int Window = 512;

    private EvaluationText(ByteSource source, int[] ids)
    {
        Source = source;
        Ids = ids;
    }

    /// <summary>The file.</summary>
    public ByteSource Source { get; }

    /// <summary>Its tokens, the begin token first where the model has one.</summary>
    public ReadOnlyMemory<int> Ids { get; }

    /// <summary>Opens and tokenizes a text.</summary>
    /// <param name="checkpoint">Whose tokenizer reads it.</param>
    /// <param name="path">The text, in UTF-8.</param>
    /// <returns>The text; disposed by the caller.</returns>
    /// <exception cref="CheckpointException">CKPT3085 when it is no text, or shorter than a window; 1xxx, 21xx when text or tokenizer cannot be read.</exception>
    public static EvaluationText Open(Checkpoint checkpoint, string path)
    {
        ByteSource source = CalibrationText.Open(path);
        try
        {
            return new EvaluationText(source, Tokenize(checkpoint, source));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Source.Dispose();

    private static int[] Tokenize(Checkpoint checkpoint, ByteSource source)
    {
        int[] ids = Tokenizer.Create(checkpoint.TokenizerOrThrow()).Encode(CalibrationText.Read(source.Name, source, Errors.EvaluationText));
        return ids.Length >= Math.Min(Window, checkpoint.Config.ContextLength) ? ids : throw Errors.EvaluationText(source.Name, $"{ids.Length} tokens");
    }
}
