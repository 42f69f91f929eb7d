using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Chat templates against what the reference library renders.</summary>
public sealed class ChatTemplateGoldenTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("tokenizers/chat");

    public static TheoryData<string> Cases => Topic.Cases(topic => topic.Files("*.jinja", SearchOption.AllDirectories).Where(f => !f.StartsWith("saved/", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Render_gives_the_reference_text(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        var template = ChatTemplate.Parse(File.ReadAllText(Topic.Reach(name)));
        Findings.None(Topic.ReadJsonLines(Path.ChangeExtension(name, ".jsonl")).Select(line => Difference(template, line)));
    }

    [Theory]
    [InlineData("one", "default")]
    [InlineData("one-v4", "default")]
    [InlineData("named", "default|tool_use")]
    [InlineData("named-v4", "default|tool_use")]
    public void Read_finds_saved_templates(string folder, string names)
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        TokenizerModel model = TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach($"saved/{folder}")));

        Assert.Equal(names, string.Join('|', model.ChatTemplates.Select(t => t.Name)));
        Assert.All(model.ChatTemplates, t => ChatTemplate.Parse(t.Text));
    }

    private static string? Difference(ChatTemplate template, JsonElement line)
    {
        string shown = line.TryGetProperty("conversation", out JsonElement conversation) ? $"{conversation}" : line.GetRawText()[..Math.Min(100, line.GetRawText().Length)];
        string? found = null;
        string? refusal = null;
        string? failure = null;
        try
        {
            (found, refusal) = template.Render(Request(line));
        }
        catch (CheckpointException problem)
        {
            failure = problem.Message;
        }

        if (line.TryGetProperty("error", out JsonElement error))
        {
            bool isRaised = line.GetProperty("error_type").GetString() == "TemplateError";
            return (isRaised ? refusal == error.GetString() : failure is not null) ? null : $"{shown}: '{found}', refused: '{refusal}', failed: '{failure}'; expected error '{error}'";
        }

        string text = line.GetProperty("text").GetString()!;
        return text == found ? null : $"{shown}: {JsonSerializer.Serialize(found)} {refusal} {failure}, expected {JsonSerializer.Serialize(text)}";
    }

    private static ChatRequest Request(JsonElement line) => new()
    {
        Messages = line.GetProperty("messages"),
        Tools = line.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind == JsonValueKind.Array ? tools : null,
        Ending = Flag(line, "continue_final_message") ? ChatEnding.LastMessageGoesOn : Flag(line, "add_generation_prompt") ? ChatEnding.AnswerBegins : ChatEnding.Closed,
        Variables = line.TryGetProperty("variables", out JsonElement variables) ? variables.EnumerateObject().ToDictionary(v => v.Name, v => v.Value) : new Dictionary<string, JsonElement>(),
        SpecialTokens = new[] { "bos_token", "eos_token" }.Where(n => line.TryGetProperty(n, out JsonElement t) && t.ValueKind == JsonValueKind.String).ToDictionary(n => n, n => line.GetProperty(n).GetString()!),
        Now = line.TryGetProperty("now", out JsonElement now) ? DateTime.Parse(now.GetString()!, CultureInfo.InvariantCulture) : null,
    };

    private static bool Flag(JsonElement line, string name) => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
