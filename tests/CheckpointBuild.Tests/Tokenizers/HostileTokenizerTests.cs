using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Tokenizer files as attackers and accidents make them: refused by code, in bounded memory.</summary>
public sealed class HostileTokenizerTests
{
    private const long MostBytes = 64 << 20;

    [Theory]
    [InlineData("CKPT2100", """{ "model": """)]
    [InlineData("CKPT2101", """{ "model": { "type": "BPE", "vocab": [], "merges": [] } }""")]
    [InlineData("CKPT2101", """{ "model": { "type": "BPE", "vocab": { "a": "0" }, "merges": [] } }""")]
    [InlineData("CKPT2102", """{ "model": { "type": "Telepathy", "vocab": {}, "merges": [] } }""")]
    [InlineData("CKPT2102", """{ "pre_tokenizer": { "type": "Astrology" }, "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }""")]
    [InlineData("CKPT2104", """{ "model": { "type": "BPE", "vocab": { "a": 2000000000000 }, "merges": [] } }""")]
    [InlineData("CKPT2104", """{ "model": { "type": "BPE", "vocab": { "a": -1 }, "merges": [] } }""")]
    [InlineData("CKPT2105", """{ "model": { "type": "BPE", "vocab": { "a": 0, "b": 0 }, "merges": [] } }""")]
    [InlineData("CKPT2105", """{ "model": { "type": "BPE", "vocab": { "a": 0, "a": 1 }, "merges": [] } }""")]
    [InlineData("CKPT2105", """{ "added_tokens": [ { "id": 0, "content": "<x>" } ], "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }""")]
    [InlineData("CKPT2105", """{ "added_tokens": [ { "id": 1, "content": "<x>" }, { "id": 1, "content": "<y>" } ], "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }""")]
    [InlineData("CKPT2104", """{ "added_tokens": [ { "id": 2147483647, "content": "<x>" } ], "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }""")]
    [InlineData("CKPT2101", """{ "model": { "type": "Unigram", "unk_id": 1, "vocab": [ [ "a", 0 ] ] } }""")]
    [InlineData("CKPT2101", """{ "model": { "type": "Unigram", "unk_id": 0, "vocab": [] } }""")]
    [InlineData("CKPT2106", """{ "model": { "type": "BPE", "vocab": { "a": 0, "b": 1 }, "merges": ["a c"] } }""")]
    [InlineData("CKPT2109", """{ "model": { "type": "WordLevel", "vocab": { "a": 0 }, "unk_token": "a" } }""")]
    [InlineData("CKPT2103", """{ "pre_tokenizer": { "type": "Split", "pattern": { "Regex": "(a)\\1" }, "behavior": "Isolated", "invert": false }, "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }""")]
    public void A_damaged_or_unknown_file_is_refused_by_code(string code, string json)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Tokenizer.Create(Read(json)));

        Assert.True(code == error.Code || (code == "CKPT2109" && error.Code == "CKPT2102"), $"{error.Code}: {error.Message}");
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_named() =>
        Assert.Equal("CKPT2107", Assert.Throws<CheckpointException>(() => TokenizerFiles.Read(new TokenizerFolder("models/empty", [], _ => default))).Code);

    [Fact]
    public void A_pattern_that_would_run_for_years_is_stopped()
    {
        const string Json = """{ "pre_tokenizer": { "type": "Split", "pattern": { "Regex": "(?:a|aa)+(?:a|aa)+(?:a|aa)+b" }, "behavior": "Isolated", "invert": false }, "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }""";
        Tokenizer tokenizer = Tokenizer.Create(Read(Json));

        Assert.Equal("CKPT2108", Assert.Throws<CheckpointException>(() => tokenizer.Encode(new string('a', 100_000))).Code);
    }

    [Theory]
    [InlineData("""{ "type": "Replace", "pattern": { "String": "a" }, "content": "aa" }""")]
    [InlineData("""{ "type": "Replace", "pattern": { "Regex": "a" }, "content": "aa" }""")]
    public void Rules_that_double_a_letter_forty_times_are_stopped(string rule)
    {
        string rules = string.Join(", ", Enumerable.Repeat(rule, 40));
        Tokenizer encoding = Tokenizer.Create(Read($$"""{ "normalizer": { "type": "Sequence", "normalizers": [ {{rules}} ] }, "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }"""));
        Tokenizer decoding = Tokenizer.Create(Read($$"""{ "decoder": { "type": "Sequence", "decoders": [ {{rules}} ] }, "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }"""));

        Assert.Equal("CKPT2135", Assert.Throws<CheckpointException>(() => encoding.Encode("a")).Code);
        Assert.Equal("CKPT2135", Assert.Throws<CheckpointException>(() => decoding.Decode([0])).Code);
    }

    [Fact]
    public void Pieces_that_take_too_many_steps_to_find_are_refused()
    {
        Tokenizer tokenizer = Tokenizer.Create(Read($$"""{ "model": { "type": "Unigram", "unk_id": 0, "vocab": [ [ "<unk>", 0 ], [ "a", -1 ], [ "{{new string('a', 5000)}}b", -2 ] ] } }"""));

        Assert.Equal("CKPT2137", Assert.Throws<CheckpointException>(() => tokenizer.Encode(new string('a', 20_000))).Code);
    }

    [Fact]
    public void Added_tokens_that_take_too_many_steps_to_find_are_refused()
    {
        Tokenizer tokenizer = Tokenizer.Create(Read($$"""{ "added_tokens": [ { "id": 1, "content": "aa" }, { "id": 2, "content": "{{new string('a', 5000)}}b" } ], "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }"""));

        Assert.Equal("CKPT2137", Assert.Throws<CheckpointException>(() => tokenizer.Encode(new string('a', 20_000))).Code);
    }

    // Were the white space gone through again for each token, this would take hours.
    [Theory]
    [InlineData("lstrip")]
    [InlineData("rstrip")]
    public void Tokens_of_white_space_that_swallow_white_space_end(string rule)
    {
        Tokenizer tokenizer = Tokenizer.Create(Read($$"""{ "added_tokens": [ { "id": 1, "content": " ", "special": true, "{{rule}}": true } ], "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }"""));

        Assert.NotEmpty(tokenizer.Encode(new string(' ', 2_000_000)));
    }

    [Theory]
    [InlineData((byte)0xFF)]
    [InlineData((byte)0xC3)]
    public void Names_that_are_not_UTF8_are_refused(byte broken)
    {
        byte[] json = Encoding.UTF8.GetBytes("""{ "model": { "type": "BPE", "vocab": { "?": 0 }, "merges": [] } }""");
        json[Array.IndexOf(json, (byte)'?')] = broken;

        Assert.Equal("CKPT2100", Assert.Throws<CheckpointException>(() => TokenizerFiles.Read(new TokenizerFolder("models/hostile", ["tokenizer.json"], _ => json))).Code);
    }

    [Theory]
    [InlineData("""{ "type": "Replace", "pattern": { "String": "" }, "content": "x" }""", "null")]
    [InlineData("""{ "type": "Replace", "pattern": { "Regex": "b*" }, "content": "x" }""", "null")]
    [InlineData("null", """{ "type": "Split", "pattern": { "Regex": "b*" }, "behavior": "Isolated", "invert": false }""")]
    [InlineData("null", """{ "type": "Split", "pattern": { "String": "" }, "behavior": "Isolated", "invert": false }""")]
    public void A_rule_that_matches_nothing_everywhere_ends(string normalizer, string preTokenizer)
    {
        Tokenizer tokenizer = Tokenizer.Create(Read($$"""{ "added_tokens": [ { "id": 1, "content": "" } ], "normalizer": {{normalizer}}, "pre_tokenizer": {{preTokenizer}}, "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }"""));

        Assert.Equal([0, 0, 0], tokenizer.Encode("aaa"));
    }

    [Fact]
    public void A_deeply_nested_file_is_refused() =>
        Assert.Equal("CKPT2100", Assert.Throws<CheckpointException>(() => Read(string.Concat(Enumerable.Repeat("{\"model\":", 5000)))).Code);

    [Fact]
    public void A_giant_id_takes_no_memory_for_the_hole_below_it()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();

        _ = Record.Exception(() => Tokenizer.Create(Read("""{ "model": { "type": "BPE", "vocab": { "a": 2147483646 }, "merges": [] } }""")));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
    }

    [Theory]
    [InlineData("CKPT2111", """{ "type": "Split", "pattern": { "Regex": "[aeiou]" }, "behavior": "Isolated", "invert": false }""")]
    public void A_splitting_that_llama_cpp_lacks_is_refused_for_GGUF(string code, string preTokenizer)
    {
        TokenizerModel model = Read($$"""{ "pre_tokenizer": { "type": "Sequence", "pretokenizers": [ {{preTokenizer}}, { "type": "ByteLevel", "add_prefix_space": false, "use_regex": false } ] }, "decoder": { "type": "ByteLevel" }, "model": { "type": "BPE", "vocab": { "a": 0 }, "merges": [] } }""");

        Assert.Equal(code, Assert.Throws<CheckpointException>(() => GgufTokenizerTables.Write(new Metadata(), model, new GgufVocabularyTarget(null, 300))).Code);
    }

    [Fact]
    public void More_tokens_than_the_embedding_has_rows_are_refused_for_GGUF()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama().Write(scratch.PathOf("tiny"));
        TokenizerModel model = Read(File.ReadAllText(Path.Combine(folder, "tokenizer.json")));

        Assert.Equal("CKPT2113", Assert.Throws<CheckpointException>(() => GgufTokenizerTables.Write(new Metadata(), model, new GgufVocabularyTarget(null, 100))).Code);
    }

    [Fact]
    public void A_tokenizer_that_llama_cpp_has_no_kind_for_is_refused_for_GGUF()
    {
        TokenizerModel model = Read("""{ "model": { "type": "BPE", "vocab": { "a": 0, "b": 1, "<unk>": 2 }, "unk_token": "<unk>", "merges": [] } }""");

        Assert.Equal("CKPT2115", Assert.Throws<CheckpointException>(() => GgufTokenizerTables.Write(new Metadata(), model, new GgufVocabularyTarget(null, 300))).Code);
    }

    [Theory]
    [InlineData("CKPT2112", "tokenizer.ggml.pre", "clairvoyant")]
    [InlineData("CKPT2114", "tokenizer.ggml.merges", 7u)]
    public void A_GGUF_tokenizer_that_cannot_be_meant_is_refused(string code, string key, object value)
    {
        var metadata = new Metadata();
        foreach ((string name, object old) in new Dictionary<string, object>
        {
            ["tokenizer.ggml.model"] = "gpt2",
            ["tokenizer.ggml.pre"] = "gpt-2",
            ["tokenizer.ggml.tokens"] = new[] { "a", "b", "ab" },
            ["tokenizer.ggml.token_type"] = new[] { 1, 1, 1 },
            ["tokenizer.ggml.merges"] = new[] { "a b" },
        })
        {
            metadata.Add(name, name == key ? value : old);
        }

        Assert.Equal(code, Assert.Throws<CheckpointException>(() => GgufTokenizerTables.Read(metadata, "x.gguf")).Code);
    }

    private static TokenizerModel Read(string json) =>
        TokenizerFiles.Read(new TokenizerFolder("models/hostile", ["tokenizer.json"], _ => Encoding.UTF8.GetBytes(json)));
}
