using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>Reads a conversation from a line: <c>messages, tools, add_generation_prompt, continue_final_message, variables, bos_token, eos_token, now</c>.</summary>
internal static class ChatLine
{
    private static readonly string[] TokenNames = ["bos_token", "eos_token", "unk_token", "pad_token"];

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="tokens">The special tokens of the model, where there is one; the line's own come before them.</param>
    /// <returns>The request.</returns>
    /// <exception cref="LineException">The line is no conversation.</exception>
    public static ChatRequest Read(JsonElement line, IReadOnlyDictionary<string, string> tokens)
    {
        if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty("messages", out JsonElement messages))
        {
            throw new LineException("it is no object with 'messages'");
        }

        var special = new Dictionary<string, string>(tokens, StringComparer.Ordinal);
        foreach (string name in TokenNames.Where(n => line.TryGetProperty(n, out JsonElement token) && token.ValueKind == JsonValueKind.String))
        {
            special[name] = line.GetProperty(name).GetString()!;
        }

        return new ChatRequest
        {
            Messages = messages,
            Tools = line.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind == JsonValueKind.Array ? tools : null,
            Ending = Flag(line, "continue_final_message") ? ChatEnding.LastMessageGoesOn : Flag(line, "add_generation_prompt") ? ChatEnding.AnswerBegins : ChatEnding.Closed,
            Variables = line.TryGetProperty("variables", out JsonElement variables) && variables.ValueKind == JsonValueKind.Object
                ? variables.EnumerateObject().ToDictionary(v => v.Name, v => v.Value)
                : new Dictionary<string, JsonElement>(),
            SpecialTokens = special,
            Now = line.TryGetProperty("now", out JsonElement now) && DateTime.TryParse(now.GetString(), CultureInfo.InvariantCulture, out DateTime moment) ? moment : null,
        };
    }

    private static bool Flag(JsonElement line, string name) => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
