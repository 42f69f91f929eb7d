using System;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

/// <summary>From a path and a text to a text, on a trained model.</summary>
public sealed class TextGeneratorTests(DocLlama golden) : IClassFixture<DocLlama>
{
    private static readonly GenerationOptions Greedy = new() { MaxTokens = 64 };

    [Fact]
    public void Generate_writes_the_reference_text()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using TextGenerator generator = TextGenerator.Open(golden.Folder);
        foreach (DocLlamaPrompt prompt in golden.Prompts)
        {
            Assert.Equal(prompt.Continuation, string.Concat(generator.Generate(prompt.Text, Greedy, TestContext.Current.CancellationToken)));
        }
    }

    [Fact]
    public void GenerateIds_leaves_the_end_token_out()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using TextGenerator generator = TextGenerator.Open(golden.Folder);
        foreach (DocLlamaPrompt prompt in golden.Prompts)
        {
            Assert.Equal(prompt.Greedy[..^1], generator.GenerateIds(prompt.Ids, Greedy, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void GenerateIds_goes_on_from_a_prompt_that_begins_like_the_text_before()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using TextGenerator generator = TextGenerator.Open(golden.Folder);
        DocLlamaPrompt prompt = golden.Prompts[3];
        int[] longer = [.. prompt.Ids, .. prompt.Greedy[..10]];
        _ = generator.GenerateIds(prompt.Ids, Greedy, TestContext.Current.CancellationToken).Count();

        Assert.Equal(prompt.Greedy[10..^1], generator.GenerateIds(longer, Greedy, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void GenerateIds_makes_at_most_so_many()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using TextGenerator generator = TextGenerator.Open(golden.Folder);

        Assert.Equal(5, generator.GenerateIds(golden.Prompts[0].Ids, Greedy with { MaxTokens = 5 }, TestContext.Current.CancellationToken).Count());
    }

    [Fact]
    public void GenerateIds_ends_with_the_context()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using TextGenerator generator = TextGenerator.Open(golden.Folder, new DecoderOptions { ContextLength = 12 });

        // The last position's logits still give a token; there is no room to go on from it.
        Assert.Equal(12 - 8 + 1, generator.GenerateIds(golden.Prompts[0].Ids, Greedy, TestContext.Current.CancellationToken).Count());
    }

    [Fact]
    public void Generate_stops_when_cancelled()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using TextGenerator generator = TextGenerator.Open(golden.Folder);
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => generator.Generate("class", Greedy, source.Token).Count());
    }

    [Fact]
    public void GenerateIds_refuses_an_empty_prompt()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using TextGenerator generator = TextGenerator.Open(golden.Folder);

        Assert.Equal("CKPT5010", Assert.Throws<CheckpointException>(() => generator.GenerateIds([], Greedy, TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public void GenerateIds_refuses_a_prompt_longer_than_the_context()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using TextGenerator generator = TextGenerator.Open(golden.Folder, new DecoderOptions { ContextLength = 7 });

        Assert.Equal("CKPT5002", Assert.Throws<CheckpointException>(() => generator.GenerateIds(golden.Prompts[0].Ids, Greedy, TestContext.Current.CancellationToken).Count()).Code);
    }
}
