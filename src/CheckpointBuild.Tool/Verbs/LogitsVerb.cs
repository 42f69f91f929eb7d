using System;
using System.CommandLine;
using System.IO;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Runtime;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt logits CHECKPOINT --ids 1,2,3 --output FILE</c>: float32 little-endian logits, [tokens, vocabulary].</summary>
internal sealed class LogitsVerb() : Verb("logits")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        var ids = new Option<string>("--ids") { Description = "Token ids between commas.", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "The file that is written.", Required = true };
        var command = new Command(Name, "Writes the logits after each token.") { checkpoint, ids, output };
        SetAction(command, (parsed, _) =>
        {
            int[] tokens = IdList.Parse(parsed.GetRequiredValue(ids));
            using OpenedCheckpoint opened = OpenedCheckpoint.Open(parsed.GetRequiredValue(checkpoint));
            using Decoder decoder = Decoder.Load(opened.Checkpoint, DecoderOptions.Default);
            float[] logits = new float[(long)tokens.Length * decoder.Config.VocabularySize];
            decoder.ForwardAll(tokens, logits);
            Write(Path.GetFullPath(parsed.GetRequiredValue(output)), MemoryMarshal.AsBytes<float>(logits));
        });
        return command;
    }

    private static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(path, e);
        }
    }
}
