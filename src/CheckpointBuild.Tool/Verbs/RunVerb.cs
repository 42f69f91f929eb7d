using System;
using System.CommandLine;
using System.Text.Json;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt run CHECKPOINT --prompt TEXT</c>: continues a text; the prompt comes from standard input when absent.</summary>
internal sealed class RunVerb() : Verb("run")
{
    private readonly Option<string> _prompt = new("--prompt") { Description = "The text to continue; standard input when absent." };
    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "The most tokens that are generated.", DefaultValueFactory = _ => 256 };
    private readonly Option<double> _temperature = NumberOption("--temperature", "0 always takes the likeliest token.", 0);
    private readonly Option<int> _topK = new("--top-k") { Description = "Only so many of the likeliest tokens; 0 = all." };
    private readonly Option<double> _topP = NumberOption("--top-p", "Only the likeliest tokens that reach this probability together.", 1);
    private readonly Option<double> _minP = NumberOption("--min-p", "Only tokens with this part of the likeliest one's probability.", 0);
    private readonly Option<double> _penalty = NumberOption("--repetition-penalty", "What logits of tokens that stand in the text are divided by.", 1);
    private readonly Option<ulong> _seed = new("--seed") { Description = "Where the random numbers begin." };
    private readonly Option<bool> _chat = new("--chat") { Description = "The prompt is a user's message, put into the model's chat template." };
    private readonly Option<bool> _ids = new("--ids") { Description = "Print the generated ids, without the end token, as one JSON array." };

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        var command = new Command(Name, "Continues a text with a model.") { checkpoint, _prompt, _maxTokens, _temperature, _topK, _topP, _minP, _penalty, _seed, _chat, _ids };
        SetAction(command, (parsed, cancellation) =>
        {
            using TextGenerator generator = TextGenerator.Open(Locate(parsed, checkpoint, streams, cancellation).Path);
            string prompt = parsed.GetValue(_prompt) ?? ReadPrompt(streams);
            prompt = parsed.GetValue(_chat) ? AsMessage(prompt, generator.Tokenizer.Model) : prompt;
            if (parsed.GetValue(_ids))
            {
                streams.Output.WriteLine(IdList.Json([.. generator.GenerateIds(generator.Encode(prompt), Options(parsed), cancellation)]));
            }
            else
            {
                Write(generator, prompt, Options(parsed), streams, cancellation);
            }
        });
        return command;
    }

    private static string AsMessage(string prompt, TokenizerModel model)
    {
        using JsonDocument messages = JsonDocument.Parse($$"""[{"role": "user", "content": {{JsonText.Of(prompt)}}}]""");
        var request = new ChatRequest { Messages = messages.RootElement, Ending = ChatEnding.AnswerBegins, SpecialTokens = ChatTemplate.SpecialTokensOf(model) };
        ChatRendering rendering = ChatTemplate.Of(model, request).Render(request);
        return rendering.Text ?? throw Errors.BadLine("--chat", $"the template refuses the message: {rendering.Refusal}");
    }

    private static string ReadPrompt(ToolStreams streams)
    {
        if (!Console.IsInputRedirected)
        {
            streams.Error.WriteLine("The prompt is read from standard input; end it with Ctrl+D (Ctrl+Z on Windows).");
        }

        return streams.Input.ReadToEnd();
    }

    private GenerationOptions Options(ParseResult parsed) => new()
    {
        MaxTokens = parsed.GetValue(_maxTokens),
        Temperature = parsed.GetValue(_temperature),
        TopK = parsed.GetValue(_topK),
        TopP = parsed.GetValue(_topP),
        MinP = parsed.GetValue(_minP),
        RepetitionPenalty = parsed.GetValue(_penalty),
        Seed = parsed.GetValue(_seed),
    };

    private static void Write(TextGenerator generator, string prompt, GenerationOptions options, ToolStreams streams, CancellationToken cancellation)
    {
        string last = "\n";
        foreach (string piece in generator.Generate(prompt, options, cancellation))
        {
            streams.Output.Write(piece);
            last = piece;
        }

        // The text is the result and nothing is added to it; the terminal's next line begins at its margin all the same.
        if (!last.EndsWith('\n'))
        {
            streams.Error.WriteLine();
        }
    }
}
