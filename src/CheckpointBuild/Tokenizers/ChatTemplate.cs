using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers.Templates;

namespace CheckpointBuild.Tokenizers;

/// <summary>A chat template: turns a conversation into the text that a model was trained on.</summary>
/// <remarks>Templates are written in Jinja. They are interpreted with nothing of the platform within reach, in bounded steps and bounded memory, with the environment of the reference: <c>trim_blocks</c>, <c>lstrip_blocks</c>,
/// loop controls, an immutable sandbox, <c>tojson</c> without escapes.</remarks>
public sealed class ChatTemplate
{
    private const string DefaultName = "default";
    private const string ToolName = "tool_use";

    /// <summary>What is put behind the last message to find its end again.</summary>
    private const string EndMark = "CONTINUE_FINAL_MESSAGE_TAG ";

    private readonly ImmutableArray<TemplateStatement> _statements;

    private ChatTemplate(string name, ImmutableArray<TemplateStatement> statements)
    {
        Name = name;
        _statements = statements;
    }

    /// <summary>The template's name.</summary>
    public string Name { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>The template.</returns>
    /// <exception cref="CheckpointException">CKPT2130 naming what is not understood, and its line.</exception>
    public static ChatTemplate Parse(string text, string name = DefaultName)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return new ChatTemplate(name, TemplateParser.Parse(text));
        }
        catch (TemplateFailureException failure)
        {
            throw Errors.TemplateNotUnderstood(name, failure.Line, failure.Message);
        }
    }

    /// <summary>Takes a tokenizer's template for a conversation: with tools the one named <c>tool_use</c> where there is one, else the default one.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <param name="request">The conversation.</param>
    /// <returns>The template.</returns>
    /// <exception cref="CheckpointException">CKPT2133 where there is none, CKPT2130 where it is not understood.</exception>
    public static ChatTemplate Of(TokenizerModel model, ChatRequest request)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        bool hasTools = request.Tools is { ValueKind: JsonValueKind.Array };
        ChatTemplateText? chosen = (hasTools ? model.ChatTemplates.FirstOrDefault(t => t.Name == ToolName) : null) ?? model.ChatTemplates.FirstOrDefault(t => t.Name == DefaultName);
        return chosen is null ? throw Errors.NoChatTemplate(DefaultName, model.ChatTemplates.Select(t => t.Name)) : Parse(chosen.Text, chosen.Name);
    }

    /// <summary>The special tokens of a tokenizer by the names that templates use.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns><c>bos_token</c>, <c>eos_token</c> and so on, those that there are.</returns>
    public static IReadOnlyDictionary<string, string> SpecialTokensOf(TokenizerModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, SpecialTokenKind kind) in Reading.TokenizerConfiguration.Kinds)
        {
            if (model.IdOf(kind) is { } id && (model.AddedTokens.LastOrDefault(t => t.Id == id)?.Content ?? model.Tokens.ElementAtOrDefault(id)) is { } text)
            {
                texts[$"{name}_token"] = text;
            }
        }

        return texts;
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="request">The conversation.</param>
    /// <returns>Its text, or the template's own refusal.</returns>
    /// <exception cref="CheckpointException">CKPT2131 where the template fails on it, CKPT2132 where it takes too much, CKPT2134 where it is no conversation.</exception>
    public ChatRendering Render(ChatRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            List<object?> messages = ChatMessages.Prepare(request.Messages);
            string? last = request.Ending == ChatEnding.LastMessageGoesOn ? ChatMessages.MarkEnd(messages, EndMark) : null;
            string text = TemplateRunner.Run(_statements, Variables(request, messages));
            return new ChatRendering(last is null ? text : CutAtMark(text, last), null);
        }
        catch (TemplateFailureException failure)
        {
            return failure.IsRaised ? new ChatRendering(null, failure.Message) : throw Errors.TemplateFailed(Name, failure.Line, failure.Message);
        }
        catch (TemplateBudgetException used)
        {
            throw Errors.TemplateTooCostly(Name, used.What, used.Most);
        }
    }

    private static Dictionary<string, object?> Variables(ChatRequest request, List<object?> messages)
    {
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["messages"] = messages,
            ["tools"] = request.Tools is { } tools ? TemplateInput.Of(tools) : null,
            ["documents"] = null,
            ["add_generation_prompt"] = request.Ending == ChatEnding.AnswerBegins,
            ["strftime_now"] = new TemplateFunction("strftime_now", a => PythonDate.Write(request.Now ?? TimeProvider.System.GetLocalNow().DateTime, a.Text(0, "format"))),
        };
        foreach ((string name, string text) in request.SpecialTokens)
        {
            variables[name] = text;
        }

        foreach ((string name, JsonElement value) in request.Variables)
        {
            variables[name] = TemplateInput.Of(value);
        }

        return variables;
    }

    /// <summary>Cuts behind the last message; a template that trims it took the mark's space along.</summary>
    private string CutAtMark(string text, string last)
    {
        int at = text.LastIndexOf(EndMark.TrimEnd(), StringComparison.Ordinal);
        if (at < 0 || !text.Contains(PythonText.Strip(last, null, atStart: true, atEnd: true), StringComparison.Ordinal))
        {
            throw Errors.TemplateFailed(Name, 1, "the last message does not stand in the rendered text, so it cannot go on");
        }

        return text.AsSpan(at).StartsWith(EndMark, StringComparison.Ordinal) ? text[..at] : PythonText.TrimEnd(text.AsSpan(0, at)).ToString();
    }
}
