using System.CommandLine;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt tokenize CHECKPOINT --text T | --text-file F | --jsonl F</c>: ids, one JSON array a line.</summary>
internal sealed class TokenizeVerb() : Verb("tokenize")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        var text = new Option<string>("--text") { Description = "The text itself." };
        var textFile = new Option<string>("--text-file") { Description = "A text in UTF-8; all of it is one text." };
        var jsonl = new Option<string>("--jsonl") { Description = "A JSON object a line: text, add_special_tokens, parse_special." };
        var noSpecial = new Option<bool>("--no-special") { Description = "Add no special tokens." };
        var noParse = new Option<bool>("--no-parse-special") { Description = "Spellings of special tokens are plain text." };
        var command = new Command(Name, "Turns texts into token ids.") { checkpoint, text, textFile, jsonl, noSpecial, noParse };
        command.Validators.Add(result =>
        {
            switch (new[] { result.GetValue(text), result.GetValue(textFile), result.GetValue(jsonl) }.Count(v => v is not null))
            {
                case 0:
                    result.AddError("One of --text, --text-file and --jsonl is needed.");
                    break;
                case > 1:
                    result.AddError("--text, --text-file and --jsonl each say what is tokenized, and more than one is given. Leave one.");
                    break;
            }
        });
        SetAction(command, (parsed, cancellation) =>
        {
            Tokenizer tokenizer = TokenizerSource.Open(Locate(parsed, checkpoint, streams, cancellation));
            EncodeOptions options = (parsed.GetValue(noSpecial) ? 0 : EncodeOptions.AddSpecialTokens) | (parsed.GetValue(noParse) ? 0 : EncodeOptions.ParseSpecialTokens);
            if ((parsed.GetValue(text) ?? (parsed.GetValue(textFile) is { } file ? TextLines.ReadAll(file) : null)) is { } all)
            {
                streams.Output.WriteLine(IdList.Json(tokenizer.Encode(all, options)));
                return;
            }

            foreach (string ids in TextLines.ReadJson(parsed.GetRequiredValue(jsonl), line => IdList.Json(tokenizer.Encode(TextLines.Text(line, "text"), Options(line, options)))))
            {
                streams.Output.WriteLine(ids);
            }
        });
        return command;
    }

    private static EncodeOptions Options(JsonElement line, EncodeOptions fallback) =>
        Flag(line, "add_special_tokens", fallback, EncodeOptions.AddSpecialTokens) | Flag(line, "parse_special", fallback, EncodeOptions.ParseSpecialTokens);

    private static EncodeOptions Flag(JsonElement line, string name, EncodeOptions fallback, EncodeOptions flag) =>
        line.TryGetProperty(name, out JsonElement value) ? value.ValueKind == JsonValueKind.True ? flag : 0 : fallback & flag;
}
