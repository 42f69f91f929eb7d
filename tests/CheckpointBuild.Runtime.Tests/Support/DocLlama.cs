using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Tests.Golden;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>The trained model of the golden data with what the reference computes from it. Loaded once for all tests that share it.</summary>
public sealed class DocLlama : IDisposable
{
    private static readonly GoldenTopic Model = GoldenRoot.Topic("doc-llama");
    private static readonly GoldenTopic References = GoldenRoot.Topic("doc-llama/expected");

    private readonly CheckpointDirectory? _directory;
    private readonly Checkpoint? _checkpoint;

    public DocLlama()
    {
        if (IsThere)
        {
            _directory = CheckpointDirectory.Open(Folder);
            _checkpoint = Dialect.Detect(_directory).Read(_directory);
        }
    }

    /// <summary>Whether the golden data is there.</summary>
    public bool IsThere => !Model.IsAbsent && !References.IsAbsent;

    public string Folder => Model.Reach();

    internal Checkpoint Checkpoint => _checkpoint!;

    public JsonElement Expected => References.ReadJson("expected.json");

    /// <summary>Prompts with their ids, greedy continuations and logits.</summary>
    public DocLlamaPrompt[] Prompts => [.. Expected.GetProperty("prompts").EnumerateArray().Select(p => new DocLlamaPrompt(
        p.GetProperty("prompt").GetString()!,
        Ids(p, "ids"),
        Ids(p, "greedy"),
        p.GetProperty("text").GetString()!,
        References.ReadFloats(p.GetProperty("logits").GetString()!)))];

    /// <summary>The held-out entries.</summary>
    public int[] ValidationIds
    {
        get
        {
            byte[] bytes = References.ReadBytes("valid.u16.bin");
            return [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(id => (int)id)];
        }
    }

    public Decoder Load(int threads) => Decoder.Load(Checkpoint, new DecoderOptions { ThreadCount = threads });

    public void Dispose() => _directory?.Dispose();

    private static int[] Ids(JsonElement prompt, string name) => [.. prompt.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];
}
