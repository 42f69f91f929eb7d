using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Prepares a conversation's messages as the reference library does before it renders them.</summary>
internal static class ChatMessages
{
    // Three names of one thing; templates look for the first two.
    private static readonly string[] Reasoning = ["reasoning_content", "thinking", "reasoning"];

    /// <summary>Turns messages into values: keys without value go, and the reasoning stands under both names that templates use.</summary>
    /// <param name="messages">A JSON array of objects.</param>
    /// <returns>The messages.</returns>
    /// <exception cref="CheckpointException">CKPT2134 where it is none.</exception>
    internal static List<object?> Prepare(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            throw Errors.ConversationWrong("is no list");
        }

        return [.. messages.EnumerateArray().Select(Prepared)];
    }

    /// <summary>Puts a mark behind the content of the last message.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="mark">The mark.</param>
    /// <returns>The content without it.</returns>
    /// <exception cref="CheckpointException">CKPT2134 where the last message has no text.</exception>
    internal static string MarkEnd(List<object?> messages, string mark)
    {
        if (messages is [.., TemplateDictionary last] && last.TryGet("content", out object? content))
        {
            if (content is string text)
            {
                last.Set("content", text + mark);
                return text;
            }

            if (content is List<object?> parts && parts.OfType<TemplateDictionary>().LastOrDefault(p => p.TryGet("text", out object? t) && t is string) is { } part && part.TryGet("text", out object? inner))
            {
                part.Set("text", (string)inner! + mark);
                return (string)inner!;
            }
        }

        throw Errors.ConversationWrong("its last message has no text that could go on");
    }

    private static TemplateDictionary Prepared(JsonElement message)
    {
        if (TemplateInput.Of(message) is not TemplateDictionary values)
        {
            throw Errors.ConversationWrong("a message is no object");
        }

        foreach ((object key, object? value) in values.Entries.ToList())
        {
            if (value is null && key is string name)
            {
                values.Remove(name);
            }
        }

        foreach (string name in Reasoning)
        {
            if (values.TryGet(name, out object? reasoning))
            {
                values.Set(Reasoning[0], reasoning);
                values.Set(Reasoning[1], reasoning);
                break;
            }
        }

        return values;
    }
}
