using System;
using System.Collections.Generic;
using System.CommandLine;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt render CHECKPOINT-or-template --jsonl F [--ids]</c>: conversations as the model's chat template writes them, one JSON string a line.</summary>
internal sealed class RenderVerb() : Verb("render")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var source = new Argument<string>("checkpoint") { Description = "A checkpoint, a folder of tokenizer files, or a .jinja file." };
        var jsonl = new Option<string>("--jsonl") { Description = "A conversation a line: messages, tools, add_generation_prompt and the template's other fields.", Required = true };
        var ids = new Option<bool>("--ids") { Description = "Print the rendered text's token ids in its place." };
        var command = new Command(Name, "Renders conversations with a chat template.") { source, jsonl, ids };
        SetAction(command, (parsed, cancellation) =>
        {
            string path = parsed.GetRequiredValue(source);
            bool isTemplate = path.EndsWith(".jinja", StringComparison.Ordinal);
            ChatTemplate? template = isTemplate ? ChatTemplate.Parse(TextLines.ReadAll(path)) : null;
            Tokenizer? tokenizer = isTemplate ? null : TokenizerSource.Open(Locate(parsed, source, streams, cancellation));
            if (parsed.GetValue(ids) && tokenizer is null)
            {
                throw Errors.BadLine(path, "a template alone has no tokenizer, --ids needs one");
            }

            IReadOnlyDictionary<string, string> tokens = tokenizer is null ? new Dictionary<string, string>() : ChatTemplate.SpecialTokensOf(tokenizer.Model);
            foreach (ChatRequest request in TextLines.ReadJson(parsed.GetRequiredValue(jsonl), line => ChatLine.Read(line, tokens)))
            {
                cancellation.ThrowIfCancellationRequested();
                streams.Output.WriteLine(Render(template, tokenizer, request, parsed.GetValue(ids)));
            }
        });
        return command;
    }

    // One line that cannot be rendered does not keep the next from being.
    private static string Render(ChatTemplate? template, Tokenizer? tokenizer, ChatRequest request, bool asIds)
    {
        ChatTemplate chosen = template ?? ChatTemplate.Of(tokenizer!.Model, request);
        try
        {
            ChatRendering rendering = chosen.Render(request);
            return rendering.Text is not { } text ? Refusal(rendering.Refusal!)
                : asIds ? IdList.Json(tokenizer!.Encode(text, EncodeOptions.ParseSpecialTokens))
                : JsonText.Of(text);
        }
        catch (CheckpointException e)
        {
            return Refusal(e.Message);
        }
    }

    private static string Refusal(string message) => $"{{\"error\": {JsonText.Of(message)}}}";
}
