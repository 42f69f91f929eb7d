using System;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Golden.SmolLm2;

/// <summary>A quantized GGUF file that people really have, as a Hugging Face checkpoint and as GGUF again.</summary>
public sealed class RoundTripTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("smollm2");

    // What a tokenizer is; the converter's own order and wording of the rest may differ.
    private static readonly string[] TokenizerKeys = ["model", "pre", "tokens", "token_type", "merges", "bos_token_id", "eos_token_id", "chat_template"];

    public static TheoryData<string> Files => Topic.Cases(topic => topic.Files("*.gguf"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_value_survives_the_way_to_Hugging_Face_and_back(string file)
    {
        if (Topic.SaysAbsent(file))
        {
            return;
        }

        using var scratch = new Scratch();
        string source = Path.GetFullPath(Topic.Reach(file)), middle = scratch.PathOf("middle"), back = scratch.PathOf("back");
        Build(source, middle, "huggingface");
        Build(middle, back, "gguf");

        using CheckpointDirectory before = CheckpointDirectory.Open(source), after = CheckpointDirectory.Open(Assert.Single(Directory.GetFiles(back, "*.gguf")));
        Checkpoint left = Dialect.Detect(before).Read(before), right = Dialect.Detect(after).Read(after);
        Assert.Equal(left.Tensors.Select(t => t.Key), right.Tensors.Select(t => t.Key));
        Findings.None(left.Tensors.Where(t => Values(t.Value) != Values(right.Tensors[t.Key])).Select(t => $"{t.Key}: other values"));
        Findings.None(TokenizerKeys.Where(key => !IsSame(left, right, $"tokenizer.{(key == "chat_template" ? "" : "ggml.")}{key}")));
    }

    private static void Build(string source, string output, string engine)
    {
        using EngineBuild build = EngineBuild.Open(source, new Recipe { Engine = engine, DType = DType.F32 }, new SourceHashes(null));
        build.Run(output, new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, CancellationToken.None);
    }

    private static string Values(Tensor tensor) => Hash.Of(TensorValues.Bytes(Converted.Of(tensor, DType.F32)));

    private static bool IsSame(Checkpoint left, Checkpoint right, string key) => (ValueOf(left, key), ValueOf(right, key)) switch
    {
        (Array one, Array other) => one.Cast<object>().SequenceEqual(other.Cast<object>()),
        var (one, other) => Equals(one, other),
    };

    private static object? ValueOf(Checkpoint checkpoint, string key) => checkpoint.Container!.Metadata.FirstOrDefault(m => m.Key == key).Value;
}
