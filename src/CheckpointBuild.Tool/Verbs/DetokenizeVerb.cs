using System.CommandLine;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt detokenize CHECKPOINT --jsonl F</c>: an array of ids a line in, one JSON string a line out.</summary>
internal sealed class DetokenizeVerb() : Verb("detokenize")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        var jsonl = new Option<string>("--jsonl") { Description = "An array of ids a line, or an object with ids and skip_special_tokens.", Required = true };
        var command = new Command(Name, "Turns token ids into texts.") { checkpoint, jsonl };
        SetAction(command, (parsed, cancellation) =>
        {
            Tokenizer tokenizer = TokenizerSource.Open(Locate(parsed, checkpoint, streams, cancellation));
            string file = parsed.GetRequiredValue(jsonl);
            foreach (string text in TextLines.ReadJson(file, line => JsonText.Of(tokenizer.Decode(Known(Ids(line), tokenizer, file), Options(line)))))
            {
                streams.Output.WriteLine(text);
            }
        });
        return command;
    }

    // A text with a hole in it looks like a text without one.
    private static int[] Known(int[] ids, Tokenizer tokenizer, string file)
    {
        foreach (int id in ids)
        {
            if (tokenizer.TokenText(id) is null)
            {
                throw Errors.IdUnknown(file, id, tokenizer.VocabularySize);
            }
        }

        return ids;
    }

    private static int[] Ids(JsonElement line)
    {
        JsonElement list = line.ValueKind == JsonValueKind.Object && line.TryGetProperty("ids", out JsonElement ids) ? ids : line;
        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(i => i.ValueKind == JsonValueKind.Number && i.TryGetInt32(out _))
            ? [.. list.EnumerateArray().Select(i => i.GetInt32())]
            : throw new LineException("it is no array of token ids");
    }

    private static DecodeOptions Options(JsonElement line) =>
        line.ValueKind == JsonValueKind.Object && line.TryGetProperty("skip_special_tokens", out JsonElement skip) && skip.ValueKind == JsonValueKind.True ? DecodeOptions.SkipSpecialTokens : DecodeOptions.None;
}
