using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Runtime;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt logits CHECKPOINT --ids 1,2,3 --output FILE</c>: float32 little-endian logits, [tokens, vocabulary].</summary>
internal sealed class LogitsVerb() : Verb("logits")
{
    private const int TokensAtOnce = 32;

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        var ids = new Option<string>("--ids") { Description = "Token ids between commas.", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "The file that is written.", Required = true };
        var command = new Command(Name, "Writes the logits after each token.") { checkpoint, ids, output };
        SetAction(command, (parsed, cancellation) =>
        {
            int[] tokens = IdList.Parse(parsed.GetRequiredValue(ids));
            using OpenedCheckpoint opened = OpenedCheckpoint.Open(Locate(parsed, checkpoint, streams, cancellation));
            using Decoder decoder = Decoder.Load(opened.Checkpoint, DecoderOptions.Default, cancellation);
            Write(decoder, tokens, Path.GetFullPath(parsed.GetRequiredValue(output)), cancellation);
        });
        return command;
    }

    private static void RefuseNotFinite(ReadOnlySpan<float> rows, int[] tokens)
    {
        int vocabulary = rows.Length / tokens.Length;
        for (int i = 0; i < tokens.Length; i++)
        {
            ReadOnlySpan<float> row = rows.Slice(i * vocabulary, vocabulary);
            if (!float.IsFinite(TensorPrimitives.Max(row)) || !float.IsFinite(TensorPrimitives.Min(row)))
            {
                throw Errors.LogitsNotFinite(tokens[i]);
            }
        }
    }

    // A few tokens at a time, under another name until all is there.
    private static void Write(Decoder decoder, int[] tokens, string path, CancellationToken cancellation)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            try
            {
                using (FileStream file = File.Create(temporary))
                {
                    float[] logits = new float[TokensAtOnce * decoder.Config.VocabularySize];
                    foreach (int[] chunk in tokens.Chunk(TokensAtOnce))
                    {
                        cancellation.ThrowIfCancellationRequested();
                        Span<float> rows = logits.AsSpan(0, chunk.Length * decoder.Config.VocabularySize);
                        decoder.ForwardAll(chunk, rows);
                        RefuseNotFinite(rows, chunk);
                        file.Write(MemoryMarshal.AsBytes(rows));
                    }
                }

                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(path, e);
        }
    }
}
