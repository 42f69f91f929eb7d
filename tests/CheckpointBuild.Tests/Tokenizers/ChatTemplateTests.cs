using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>The language of chat templates, and what it refuses.</summary>
public sealed class ChatTemplateTests
{
    private const string OneMessage = """[{ "role": "user", "content": "hi" }]""";

    [Fact]
    public void Render_gives_what_the_reference_gives()
    {
        Findings.None(
            from line in File.ReadLines(Repository.PathOf("tests/Fixtures/templates/language.jsonl"))
            let case_ = JsonElement.Parse(line)
            let template = case_.GetProperty("template").GetString()!
            let expected = case_.TryGetProperty("text", out JsonElement text) ? text.GetString() : null
            let found = TextOrNull(template)
            where found != expected
            select $"{template}: {found ?? "error"}, expected {expected ?? "error"}");
    }

    [Theory]
    [InlineData("{% for m in messages %}")]
    [InlineData("{% endif %}")]
    [InlineData("{{ 1 + }}")]
    [InlineData("{{ 'a }}")]
    [InlineData("{% include 'other' %}")]
    [InlineData("{% for x in y recursive %}{% endfor %}")]
    [InlineData("{{ f(*x) }}")]
    [InlineData("{% break %}")]
    [InlineData("{# never closed")]
    public void Parse_names_what_is_not_understood(string template)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => ChatTemplate.Parse("first line\n" + template, "odd"));

        Assert.Equal("CKPT2130", error.Code);
        Assert.Contains("'odd', line 2", error.Message);
    }

    [Theory]
    [InlineData("{{ messages[0].content + 1 }}")]
    [InlineData("{{ nothing.at.all }}")]
    [InlineData("{{ 'a' | conjure }}")]
    [InlineData("{{ ''.__class__.__mro__ }}")]
    [InlineData("{{ messages.append(1) }}")]
    public void Render_fails_by_code_where_the_template_cannot_go_on(string template) =>
        Assert.Equal("CKPT2131", Assert.Throws<CheckpointException>(() => Render("text\n" + template)).Code);

    [Theory]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{{ a }}{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x='0123456789') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}")]
    [InlineData("{{ 'x' * 9999999999 }}")]
    [InlineData("{{ [0] * 9999999999 }}")]
    [InlineData("{% set a = 'a' * 10000000 %}{{ a | replace('a', a) }}")]
    public void Render_stops_at_its_bounds(string template) =>
        Assert.Equal("CKPT2132", Assert.Throws<CheckpointException>(() => Render(template)).Code);

    [Fact]
    public void Render_stops_where_calls_never_end() =>
        Assert.Equal("CKPT2131", Assert.Throws<CheckpointException>(() => Render("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")).Code);

    [Fact]
    public void Of_names_the_templates_that_there_are()
    {
        TokenizerModel model = Model() with { ChatTemplates = [new ChatTemplateText("rag", "x")] };
        CheckpointException error = Assert.Throws<CheckpointException>(() => ChatTemplate.Of(model, Request(OneMessage)));

        Assert.Equal("CKPT2133", error.Code);
        Assert.Contains("rag", error.Message);
    }

    [Fact]
    public void Of_takes_the_template_for_tools_only_with_tools()
    {
        TokenizerModel model = Model() with { ChatTemplates = [new ChatTemplateText("tool_use", "T"), new ChatTemplateText("default", "D")] };

        Assert.Equal("default", ChatTemplate.Of(model, Request(OneMessage)).Name);
        Assert.Equal("tool_use", ChatTemplate.Of(model, Request(OneMessage) with { Tools = JsonElement.Parse("[{}]") }).Name);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Render_refuses_what_is_no_conversation(string messages) =>
        Assert.Equal("CKPT2134", Assert.Throws<CheckpointException>(() => ChatTemplate.Parse("x").Render(Request(messages))).Code);

    [Fact]
    public void Render_refuses_to_go_on_with_a_message_without_text() =>
        Assert.Equal("CKPT2134", Assert.Throws<CheckpointException>(() => ChatTemplate.Parse("x").Render(Request("[{}]") with { Ending = ChatEnding.LastMessageGoesOn })).Code);

    [Fact]
    public void Render_hands_the_templates_own_refusal_on() =>
        Assert.Equal("not me", ChatTemplate.Parse("{{ raise_exception('not me') }}").Render(Request(OneMessage)).Refusal);

    private static string? TextOrNull(string template)
    {
        try
        {
            return ChatTemplate.Parse(template).Render(Request("[]")).Text;
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private static void Render(string template) => ChatTemplate.Parse(template).Render(Request(OneMessage));

    private static ChatRequest Request(string messages) => new() { Messages = JsonElement.Parse(messages) };

    private static TokenizerModel Model() => new() { Algorithm = new TokenizerAlgorithm.BytePairs([]), Tokens = [] };
}
