using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics.Tensors;
using System.Text.Json;
using CheckpointBuild.Dialects;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Golden.SmolLm2;

/// <summary>Conversations with a quantized model that people really have, against float32 arithmetic over its dequantized weights.</summary>
public sealed class GreedyTests
{
    private const string Expectations = "expected.json";

    // The order of sums differs.
    private const float Tolerance = 2e-3f;

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("smollm2");

    public static TheoryData<string> Files => Topic.Cases(topic => topic.Has(Expectations) ? topic.Files("*.gguf") : []);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_conversation_goes_on_as_in_float32(string file)
    {
        if (Topic.SaysAbsent(file))
        {
            return;
        }

        using CheckpointDirectory directory = CheckpointDirectory.Open(Topic.Reach(file));
        using Decoder decoder = Decoder.Load(Dialect.Detect(directory).Read(directory), DecoderOptions.Default, TestContext.Current.CancellationToken);
        var findings = new List<string>();
        foreach (JsonElement chat in Topic.ReadJson(Expectations).GetProperty("chats").EnumerateArray())
        {
            findings.AddRange(Compare(decoder, chat));
        }

        Findings.None(findings);
    }

    private static IEnumerable<string> Compare(Decoder decoder, JsonElement chat)
    {
        string prompt = chat.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!;
        int[] expected = Ids(chat.GetProperty("float32").GetProperty("greedy_ids"));
        decoder.Reset();
        float[] logits = decoder.Forward(Ids(chat.GetProperty("ids"))).ToArray();
        float worst = 0;
        if (chat.TryGetProperty("last_logits", out JsonElement last))
        {
            worst = Topic.ReadFloats(last.GetString()!).Zip(logits).Max(l => float.Abs(l.First - l.Second));
        }

        var ids = new List<int>();
        while (ids.Count < expected.Length)
        {
            ids.Add(TensorPrimitives.IndexOfMax<float>(logits));
            logits = ids.Count < expected.Length ? decoder.Forward([ids[^1]]).ToArray() : logits;
        }

        if (worst > Tolerance)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{prompt}: a logit is {worst:G3} off, at most {Tolerance} is right");
        }

        if (!ids.SequenceEqual(expected))
        {
            yield return $"{prompt}: {string.Join(',', ids)}, expected {string.Join(',', expected)}";
        }
    }

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(i => i.GetInt32())];
}
