using System.CommandLine;
using System.Text.Json;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt tokenize CHECKPOINT --text-file F | --jsonl F</c>: ids, one JSON array a line.</summary>
internal sealed class TokenizeVerb() : Verb("tokenize")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        var textFile = new Option<string>("--text-file") { Description = "A text in UTF-8; all of it is one text." };
        var jsonl = new Option<string>("--jsonl") { Description = "A JSON object a line: text, add_special_tokens, parse_special." };
        var noSpecial = new Option<bool>("--no-special") { Description = "Add no special tokens." };
        var noParse = new Option<bool>("--no-parse-special") { Description = "Spellings of special tokens are plain text." };
        var command = new Command(Name, "Turns texts into token ids.") { checkpoint, textFile, jsonl, noSpecial, noParse };
        command.Validators.Add(result =>
        {
            switch (result.GetValue(textFile), result.GetValue(jsonl))
            {
                case (null, null):
                    result.AddError("One of --text-file and --jsonl is needed.");
                    break;
                case (not null, not null):
                    result.AddError("--text-file and --jsonl are both given, one of them says what is tokenized. Leave one out.");
                    break;
            }
        });
        SetAction(command, (parsed, cancellation) =>
        {
            Tokenizer tokenizer = TokenizerSource.Open(Locate(parsed, checkpoint, streams, cancellation));
            EncodeOptions options = (parsed.GetValue(noSpecial) ? 0 : EncodeOptions.AddSpecialTokens) | (parsed.GetValue(noParse) ? 0 : EncodeOptions.ParseSpecialTokens);
            if (parsed.GetValue(textFile) is { } file)
            {
                streams.Output.WriteLine(IdList.Json(tokenizer.Encode(TextLines.ReadAll(file), options)));
                return;
            }

            foreach (JsonElement line in TextLines.ReadJson(parsed.GetRequiredValue(jsonl)))
            {
                streams.Output.WriteLine(IdList.Json(tokenizer.Encode(TextLines.Text(line, "text"), Options(line, options))));
            }
        });
        return command;
    }

    private static EncodeOptions Options(JsonElement line, EncodeOptions fallback) =>
        Flag(line, "add_special_tokens", fallback, EncodeOptions.AddSpecialTokens) | Flag(line, "parse_special", fallback, EncodeOptions.ParseSpecialTokens);

    private static EncodeOptions Flag(JsonElement line, string name, EncodeOptions fallback, EncodeOptions flag) =>
        line.TryGetProperty(name, out JsonElement value) ? value.ValueKind == JsonValueKind.True ? flag : 0 : fallback & flag;
}
