using System;
using System.Buffers.Binary;
using System.CommandLine;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt perplexity CHECKPOINT --ids-file F.u16 | --text-file F</c>: how well a model predicts a text, as JSON.</summary>
internal sealed class PerplexityVerb() : Verb("perplexity")
{
    private const int MostIdBytes = 1 << 30;

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        var idsFile = new Option<string>("--ids-file") { Description = "Token ids as 16-bit little-endian numbers." };
        var textFile = new Option<string>("--text-file") { Description = "A text in UTF-8." };
        var window = new Option<int>("--window") { Description = "Tokens of a window; default: the protocol's." };
        var protocol = new Option<string>("--protocol") { Description = "windows, llama.cpp or gptq.", DefaultValueFactory = _ => "windows" };
        var command = new Command(Name, "Measures how well a model predicts a text.") { checkpoint, idsFile, textFile, window, protocol };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(idsFile) is null) == (result.GetValue(textFile) is null))
            {
                result.AddError("One of --ids-file and --text-file is needed.");
            }
        });
        SetAction(command, (parsed, cancellation) =>
        {
            PerplexityProtocol rules = PerplexityProtocol.Named(parsed.GetRequiredValue(protocol));
            using OpenedCheckpoint opened = OpenedCheckpoint.Open(Locate(parsed, checkpoint, streams, cancellation));
            int[] ids = parsed.GetValue(idsFile) is { } file
                ? ReadIds(file)
                : Tokenizer.Create(opened.Checkpoint.TokenizerOrThrow()).Encode(TextLines.ReadAll(parsed.GetRequiredValue(textFile)));
            using Decoder decoder = Decoder.Load(opened.Checkpoint, DecoderOptions.Default, cancellation);
            PerplexityResult result = Perplexity.Measure(decoder, ids, rules, parsed.GetValue(window), cancellation);
            streams.Output.WriteLine(new JsonObject
            {
                ["protocol"] = result.Protocol,
                ["window"] = result.Window,
                ["windows"] = result.Windows,
                ["scored"] = result.ScoredTokens,
                ["nll"] = result.NegativeLogLikelihood,
                ["perplexity"] = result.Perplexity,
                ["error"] = result.PerplexityError,
            }.ToJsonString());
        });
        return command;
    }

    private static int[] ReadIds(string path)
    {
        using var source = new FileSource(path);
        if (source.Length is > MostIdBytes or 0 || source.Length % sizeof(ushort) != 0)
        {
            throw Errors.BadLine(source.Name, $"{source.Length} bytes are no list of 16-bit ids");
        }

        byte[] bytes = source.ReadBytes(0, (int)source.Length);
        int[] ids = new int[bytes.Length / sizeof(ushort)];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * sizeof(ushort)));
        }

        return ids;
    }
}
