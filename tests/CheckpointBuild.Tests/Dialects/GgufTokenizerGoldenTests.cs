using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Tokenizers;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>The <c>tokenizer.*</c> keys against what llama.cpp's converter writes.</summary>
public sealed class GgufTokenizerGoldenTests
{
    // The reference gives this one flat scores and too few tokens; its own runtime refuses the file.
    private const string BrokenByReference = "llama-tied-hf-byte-fallback";

    private static readonly GoldenTopic Converter = GoldenRoot.Topic("gguf/converter");
    private static readonly GoldenTopic Families = GoldenRoot.Topic("families");
    private static readonly GoldenTopic DocLlama = GoldenRoot.Topic("doc-llama");

    public static TheoryData<string> Cases => Converter.Cases(Models);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Keys_equal_the_converters(string name)
    {
        if (Converter.SaysAbsent(name))
        {
            return;
        }

        JsonElement entry = Entry(name);
        JsonElement[] expected = [.. Converter.ReadJson($"families/{name}-f32.json").GetProperty("kv").EnumerateArray().Where(IsTokenizerKey)];
        var metadata = new Metadata();
        if (expected[0].GetProperty("key").GetString() == "tokenizer.ggml.add_bos_token")
        {
            // The architecture's own keys hold it already, further up in the file.
            metadata.Add("tokenizer.ggml.add_bos_token", false);
        }

        (TokenizerModel model, string? architecture, int rows) = Open(entry);
        GgufTokenizerTables.Write(metadata, model, new GgufVocabularyTarget(architecture, rows, entry.GetProperty("pre").GetString()));

        Assert.Equal(expected.Select(Line), metadata.Select(Line));
    }

    [Fact]
    public void Keys_of_the_trained_model_equal_the_converters()
    {
        if (Converter.SaysAbsent() || DocLlama.SaysAbsent())
        {
            return;
        }

        var metadata = new Metadata();
        TokenizerModel model = TokenizerFiles.Read(TokenizerSamples.Folder(DocLlama.Reach()));
        GgufTokenizerTables.Write(metadata, model, new GgufVocabularyTarget("LlamaForCausalLM", 4096));

        Assert.Equal(Converter.ReadJson("doc-llama-f32.json").GetProperty("kv").EnumerateArray().Where(IsTokenizerKey).Select(Line), metadata.Select(Line));
    }

    private static IEnumerable<string> Models(GoldenTopic topic) =>
        from entry in topic.ReadJson("families-index.json").GetProperty("converter").EnumerateArray()
        let name = entry.GetProperty("model").GetString()!
        where topic.Has($"families/{name}-f32.json") && name != BrokenByReference
        select name;

    private static JsonElement Entry(string name) => Converter.ReadJson("families-index.json").GetProperty("converter").EnumerateArray().First(e => e.GetProperty("model").GetString() == name);

    private static (TokenizerModel Model, string? Architecture, int Rows) Open(JsonElement entry)
    {
        string checkpoint = entry.GetProperty("checkpoint").GetString()!;
        string config = Families.Has($"{checkpoint}/config.json") ? Families.Reach(checkpoint) : Converter.Reach($"checkpoints/{checkpoint}");
        TokenizerFolder own = TokenizerSamples.Folder(Converter.Reach($"tokenizers/{entry.GetProperty("tokenizer").GetString()}"));
        var files = new TokenizerFolder(own.Name, own.Names.Append("config.json"), name => name == "config.json" ? File.ReadAllBytes(Path.Combine(config, name)) : own.Open(name));
        JsonElement root = JsonElement.Parse(File.ReadAllText(Path.Combine(config, "config.json")));
        return (TokenizerFiles.Read(files), root.GetProperty("architectures")[0].GetString(), root.GetProperty("vocab_size").GetInt32());
    }

    private static bool IsTokenizerKey(JsonElement pair) => pair.GetProperty("key").GetString()!.StartsWith("tokenizer.", StringComparison.Ordinal);

    private static string Line(JsonElement pair) => pair.TryGetProperty("sha256_of_elements", out JsonElement hash)
        ? $"{pair.GetProperty("key").GetString()} {pair.GetProperty("type").GetString()} {pair.GetProperty("count").GetInt32()} {hash.GetString()}"
        : $"{pair.GetProperty("key").GetString()} {pair.GetProperty("type").GetString()} {pair.GetProperty("value")}";

    private static string Line(KeyValuePair<string, object> pair) => $"{pair.Key} " + pair.Value switch
    {
        string text => $"string {text}",
        uint number => $"u32 {number}",
        bool flag => $"bool {flag}",
        string[] texts => $"array<string> {texts.Length} {Sha256(texts.SelectMany(Stored))}",
        int[] numbers => $"array<i32> {numbers.Length} {Sha256(MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray())}",
        float[] numbers => $"array<f32> {numbers.Length} {Sha256(MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray())}",
        _ => pair.Value.GetType().Name,
    };

    private static byte[] Stored(string text) => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static string Sha256(IEnumerable<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));
}
