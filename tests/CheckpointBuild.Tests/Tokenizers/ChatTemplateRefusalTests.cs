using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Templates that cannot be carried out are named with construct and line; none runs without bound.</summary>
public sealed class ChatTemplateRefusalTests
{
    private const string Conversation = """[{"role": "user", "content": "hello"}]""";

    [Theory]
    [InlineData("CKPT2130", "{% if %}")]
    [InlineData("CKPT2130", "{% for x in messages %}")]
    [InlineData("CKPT2131", "{{ nothing.at.all }}")]
    [InlineData("CKPT2132", "{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}x{% endfor %}{% endfor %}{% endfor %}")]
    public void A_template_that_cannot_be_carried_out_is_refused(string code, string template) =>
        Assert.Equal(code, Assert.Throws<CheckpointException>(() => Render(template, Conversation)).Code);

    [Theory]
    [InlineData("7")]
    [InlineData("[7]")]
    public void A_conversation_that_is_none_is_refused(string messages) =>
        Assert.Equal("CKPT2134", Assert.Throws<CheckpointException>(() => Render("{{ messages }}", messages)).Code);

    [Fact]
    public void A_tokenizer_without_a_template_is_named()
    {
        var model = new TokenizerModel { Algorithm = new TokenizerAlgorithm.BytePairs([]), Tokens = ["a"] };

        Assert.Equal("CKPT2133", Assert.Throws<CheckpointException>(() => ChatTemplate.Of(model, Request(Conversation))).Code);
    }

    private static void Render(string template, string messages) => ChatTemplate.Parse(template).Render(Request(messages));

    private static ChatRequest Request(string messages)
    {
        using JsonDocument document = JsonDocument.Parse(messages);
        return new ChatRequest { Messages = document.RootElement.Clone() };
    }
}
