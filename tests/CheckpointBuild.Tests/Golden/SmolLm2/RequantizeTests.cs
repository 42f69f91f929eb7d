using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.LlamaCpp;
using Xunit;

namespace CheckpointBuild.Tests.Golden.SmolLm2;

/// <summary>A quantized model that people really have, quantized to every kind and loaded by the real llama.cpp. Its rows are no multiple of 256, so that most tensors of many kinds fall back.</summary>
public sealed class RequantizeTests(ITestOutputHelper output)
{
    // The first layers stand for all: thirty, searched in codebooks without an optimizing compiler, would take minutes a kind.
    private const int LayersKept = 2;
    private const int Prompt = 24;

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("smollm2");

    // Newer than the library that the tests bind.
    private static readonly string[] Unknown = ["q1_0", "q2_0"];

    public static TheoryData<string, string> Cases => Topic.IsAbsent ? [("", "")] : [.. from file in Topic.Files("*.gguf") from kind in GgufFileType.All.Where(k => !k.DType.IsFloatingPoint) select (file, kind.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void LlamaCpp_loads_it_in_every_kind(string file, string kind)
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        using CheckpointDirectory directory = CheckpointDirectory.Open(Topic.Reach(file));
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        var recipe = new Recipe { Engine = "gguf", Quantization = kind, EngineName = "again", PruneLayers = [.. Enumerable.Range(LayersKept, checkpoint.Config.LayerCount - LayersKept)] };
        DirectoryPlan plan;
        try
        {
            plan = recipe.Apply(checkpoint, [], Even(checkpoint));
        }
        catch (CheckpointException e) when (kind == "q1_0" && e.Code == "CKPT3073")
        {
            // Rows that fit no block of a kind without a fallback.
            output.WriteLine($"{kind}: {e.Message}");
            return;
        }

        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(plan, scratch.Folder, TestContext.Current.CancellationToken);

        // What has the kind's type already stays as it is.
        DType dtype = GgufFileType.Find(kind)!.DType;
        Assert.True(checkpoint.Container!.Tensors.Any(t => t.DType == dtype) || plan.Warnings.Any(w => w.Code == "CKPT3076"), "nothing says that the source is quantized already");
        try
        {
            using var model = new LlamaCppModel(Path.Combine(scratch.Folder, "again.gguf"));
            Assert.All(model.Logits([.. Enumerable.Range(100, Prompt)]), l => Assert.True(float.IsFinite(l)));
        }
        catch (InvalidOperationException e) when (Unknown.Contains(kind))
        {
            output.WriteLine($"{kind}: {e.Message}");
        }
    }

    // Some kinds are refused without importance; here every column counts the same.
    private static ImportanceMatrix Even(Checkpoint checkpoint) =>
        new("even", checkpoint.Container!.Tensors.Where(t => t.Shape.Rank > 1).ToDictionary(t => t.Name, t => Enumerable.Repeat(1f, (int)t.Columns).ToArray()));
}
