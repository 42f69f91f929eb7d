using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>The trained model of the golden data with what the reference computes from it. Loaded once for all tests that share it.</summary>
public sealed class DocLlama : IDisposable
{
    private readonly HandReadCheckpoint? _read;
    private readonly string? _folder;
    private readonly JsonDocument? _expected;

    public DocLlama()
    {
        _folder = GoldenRoot.Find("doc-llama");
        if (_folder is null)
        {
            return;
        }

        _read = new HandReadCheckpoint(_folder);
        _expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "expected", "expected.json")));
    }

    /// <summary>Whether the golden data is there.</summary>
    public bool IsThere => _folder is not null;

    public string Folder => _folder!;

    internal Checkpoint Checkpoint => _read!.Checkpoint;

    public JsonElement Expected => _expected!.RootElement;

    /// <summary>Prompts with their ids, greedy continuations and logits.</summary>
    public DocLlamaPrompt[] Prompts => [.. Expected.GetProperty("prompts").EnumerateArray().Select(p => new DocLlamaPrompt(
        p.GetProperty("prompt").GetString()!,
        Ids(p, "ids"),
        Ids(p, "greedy"),
        Floats(p.GetProperty("logits").GetString()!)))];

    /// <summary>The held-out entries.</summary>
    public int[] ValidationIds
    {
        get
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(_folder!, "expected", "valid.u16.bin"));
            return [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(id => (int)id)];
        }
    }

    public Decoder Load(int threads) => Decoder.Load(Checkpoint, new DecoderOptions { ThreadCount = threads });

    public void Dispose()
    {
        _read?.Dispose();
        _expected?.Dispose();
    }

    private static int[] Ids(JsonElement prompt, string name) => [.. prompt.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];

    private float[] Floats(string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(_folder!, "expected", file))).ToArray();
}
