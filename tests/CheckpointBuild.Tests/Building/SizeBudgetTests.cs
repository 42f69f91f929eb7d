using System;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Building;

/// <summary>The size that an engine may have.</summary>
public sealed class SizeBudgetTests
{
    [Fact]
    public void An_engine_beyond_its_budget_is_refused_by_its_largest_tensors()
    {
        using var scratch = new Scratch();
        string model = new TinyLlama().Write(scratch.PathOf("tiny"));

        CheckpointException error = Assert.Throws<CheckpointException>(() => EngineBuild.Open(model, new Recipe { Engine = "gguf", MaxEngineSize = 1000 }, new SourceHashes(null)));

        Assert.Equal("CKPT4071", error.Code);
        Assert.Contains("token_embd.weight (bfloat16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_kind_that_fits_is_named_and_fits()
    {
        using var scratch = new Scratch();
        string model = new TinyLlama().Write(scratch.PathOf("tiny"));
        var recipe = new Recipe { Engine = "gguf", Quantization = "q8_0" };
        long most;
        using (EngineBuild build = EngineBuild.Open(model, recipe, new SourceHashes(null)))
        {
            most = build.Plan.Files[0].Length - 1;
        }

        string message = Assert.Throws<CheckpointException>(() => EngineBuild.Open(model, recipe with { MaxEngineSize = most }, new SourceHashes(null))).Message;
        string kind = message[(message.IndexOf("Quantization=", StringComparison.Ordinal) + "Quantization=".Length)..].Split(' ')[0];

        Assert.Contains("is the largest kind that fits", message, StringComparison.Ordinal);
        using EngineBuild fitting = EngineBuild.Open(model, recipe with { Quantization = kind, MaxEngineSize = most }, new SourceHashes(null));
        Assert.Single(fitting.Plan.Files);
    }

    [Fact]
    public void An_engine_within_its_budget_is_built()
    {
        using var scratch = new Scratch();
        string model = new TinyLlama().Write(scratch.PathOf("tiny"));

        using EngineBuild build = EngineBuild.Open(model, new Recipe { Engine = "gguf", MaxEngineSize = 1 << 30 }, new SourceHashes(null));

        Assert.Single(build.Plan.Files);
    }
}
