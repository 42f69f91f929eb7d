using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using System.Text.Json;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Tests.Golden;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

/// <summary>The tiny checkpoints of every family that is known, against the reference library's float32 logits and greedy ids.</summary>
public sealed class FamilyGoldenTests
{
    // What the golden data allows another float32 implementation.
    private const float LogitTolerance = 1e-3f;

    private static readonly GoldenTopic Families = GoldenRoot.Topic("families");

    public static TheoryData<string> Cases => Families.Cases(topic => topic.Files("expected.json", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!).Where(c => FamilyOf(topic.Topic(c)) is not null));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_in_one_pass_equal_the_reference(string name)
    {
        if (Families.SaysAbsent(name))
        {
            return;
        }

        GoldenTopic golden = Families.Topic(name);
        using Decoder decoder = Load(golden);
        int[] tokens = [.. Prompt(golden), .. Greedy(golden)];
        float[] logits = new float[tokens.Length * decoder.Config.VocabularySize];

        decoder.ForwardAll(tokens, logits);

        Assert.InRange(Distance(golden, logits), 0, LogitTolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Greedy_ids_and_logits_through_the_cache_equal_the_reference(string name)
    {
        if (Families.SaysAbsent(name))
        {
            return;
        }

        GoldenTopic golden = Families.Topic(name);
        using Decoder decoder = Load(golden);
        int vocabulary = decoder.Config.VocabularySize;
        int[] prompt = Prompt(golden), greedy = Greedy(golden);
        float[] logits = new float[(prompt.Length + greedy.Length) * vocabulary];
        var ids = new List<int>();

        decoder.ForwardAll(prompt, logits.AsSpan(0, prompt.Length * vocabulary));
        for (int row = prompt.Length; row < prompt.Length + greedy.Length; row++)
        {
            ids.Add(TensorPrimitives.IndexOfMax<float>(logits.AsSpan((row - 1) * vocabulary, vocabulary)));
            decoder.Forward([ids[^1]]).CopyTo(logits.AsSpan(row * vocabulary));
        }

        Assert.Equal(greedy, ids);
        Assert.InRange(Distance(golden, logits), 0, LogitTolerance);
    }

    private static ModelFamily? FamilyOf(GoldenTopic golden) =>
        golden.PeekJson("config.json").TryGetProperty("architectures", out JsonElement names) ? ModelFamily.FindArchitecture(names[0].GetString()) : null;

    private static Decoder Load(GoldenTopic golden)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(golden.Reach());
        return Decoder.Load(Dialect.Detect(directory).Read(directory), new DecoderOptions { ThreadCount = 2 });
    }

    private static int[] Prompt(GoldenTopic golden) => Ids(golden, "prompt_ids");

    private static int[] Greedy(GoldenTopic golden) => Ids(golden, "greedy_ids");

    private static int[] Ids(GoldenTopic golden, string name) => [.. golden.ReadJson("expected.json").GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];

    private static float Distance(GoldenTopic golden, float[] logits)
    {
        float[] expected = golden.ReadFloats("logits.f32.bin");
        Assert.Equal(expected.Length, logits.Length);
        TensorPrimitives.Subtract(logits, expected, expected);
        float distance = Math.Abs(TensorPrimitives.MaxMagnitude<float>(expected));
        TestContext.Current.SendDiagnosticMessage($"{golden.Name}: largest difference {distance:E2}");
        return distance;
    }
}
