using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tokenizers;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Tokenizers to GGUF keys and back.</summary>
public sealed class GgufTokenizerTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("tokenizers");
    private static readonly GoldenTopic SmolLm = GoldenRoot.Topic("smollm2");

    // GGUF has no word for a normalizer, nor for added tokens that swallow white space or look at their neighbours. Tokens that look special become so: compare with special tokens parsed.
    private static readonly string[] Lossless = ["llama3-doc", "gpt2", "deepseek"];

    // The reference ignores the file's pre-tokenizer name and so does not set numerals apart; the model's own tokenizer and llama.cpp do, and here alone it shows.
    private const string WithNumerals = "½ ⅓ ² ³ ① Ⅷ ㎏";

    [Theory]
    [InlineData("llama3-doc", "LlamaForCausalLM", "llama-bpe")]
    [InlineData("llama3-doc", null, "llama-bpe")]
    [InlineData("gpt2", "GPT2LMHeadModel", "gpt-2")]
    [InlineData("gpt2", "MptForCausalLM", "mpt")]
    [InlineData("gpt2", null, "gpt-2")]
    [InlineData("qwen2", "Qwen2ForCausalLM", "qwen2")]
    [InlineData("olmo-neox", "OlmoForCausalLM", "olmo")]
    [InlineData("deepseek", "DeepseekV3ForCausalLM", "deepseek-v3")]
    public void NameOf_gives_the_name_of_the_splitting(string folder, string? architecture, string name)
    {
        if (!Topic.SaysAbsent())
        {
            Assert.Equal(name, GgufPreTokenizer.NameOf(TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach(folder))), architecture));
        }
    }

    // What Llama's converter knows by the vocabulary's size: CodeLlama's <EOT>, and small models without a begin token.
    [Theory]
    [InlineData("LlamaForCausalLM", 32016, "tokenizer.ggml.eot_token_id", "32010")]
    [InlineData("GraniteForCausalLM", 49152, "tokenizer.ggml.add_bos_token", "False")]
    [InlineData("LlamaForCausalLM", 49152, "tokenizer.ggml.add_bos_token", "False")]
    [InlineData("Qwen2ForCausalLM", 49152, "tokenizer.ggml.eot_token_id", null)]
    public void A_vocabularys_size_tells_tokens_that_no_file_names(string architecture, int rows, string key, string? value)
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        var metadata = new Metadata();
        GgufTokenizerTables.Write(metadata, TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach("qwen2"))), new GgufVocabularyTarget(architecture, rows));
        Assert.Equal(value, metadata.TryGet(key, out object? found) ? Convert.ToString(found, CultureInfo.InvariantCulture) : null);
    }

    [Fact]
    public void Names_stand_in_the_list_once()
    {
        Findings.None(GgufPreTokenizer.All.SelectMany(p => p.Names).GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void Meanings_split_the_probe_differently()
    {
        Findings.None(GgufPreTokenizer.All
            .GroupBy(p => (SplitProbe.Measure(p.Steps), p.IgnoresMerges))
            .Where(g => g.Count() > 1)
            .Select(g => string.Join(" and ", g.Select(p => p.Names[0]))));
    }

    [Fact]
    public void Read_gives_back_a_tokenizer_with_the_same_ids()
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        foreach (string folder in Lossless)
        {
            TokenizerModel source = TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach(folder)));
            var metadata = new Metadata();
            GgufTokenizerTables.Write(metadata, source, new GgufVocabularyTarget(null, source.VocabularySize + 3));
            var tokenizer = Tokenizer.Create(GgufTokenizerTables.Read(metadata, "model.gguf")!);
            Findings.None(
                from vector in Topic.ReadJsonLines($"{folder}/vectors.jsonl")
                where vector.GetProperty("parse_special").GetBoolean()
                let options = EncodeOptions.ParseSpecialTokens | (vector.GetProperty("add_special_tokens").GetBoolean() ? EncodeOptions.AddSpecialTokens : 0)
                let text = vector.GetProperty("text").GetString()
                where !tokenizer.Encode(text, options).SequenceEqual(vector.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()))
                select $"{folder}: {text[..Math.Min(80, text.Length)]}");
        }
    }

    [Theory]
    [InlineData("llama2-sp")]
    [InlineData("gemma-sp")]
    [InlineData("t5-unigram")]
    public void Read_gives_back_a_sentencepiece_model_with_the_same_ids(string folder)
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        byte[] file = Topic.ReadBytes($"{folder}/tokenizer.model");
        TokenizerModel source = TokenizerFiles.Read(new TokenizerFolder(folder, ["tokenizer.model"], _ => file));
        Findings.None(Differences(folder, source, RoundTrip(source), EncodeOptions.AddSpecialTokens));
    }

    [Fact]
    public void Read_gives_back_byte_pairs_over_characters_with_the_same_ids()
    {
        GoldenTopic tokenizers = GoldenRoot.Topic("gguf/converter/tokenizers");
        if (Topic.SaysAbsent() || tokenizers.SaysAbsent())
        {
            return;
        }

        TokenizerModel source = TokenizerFiles.Read(TokenizerSamples.Folder(tokenizers.Reach("hf-byte-fallback")));
        Findings.None(Differences("llama2-sp", source, RoundTrip(source), EncodeOptions.Default));
    }

    [Fact]
    public void Written_again_the_keys_are_the_same()
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        foreach (string folder in (string[])["llama3-doc", "deepseek", "llama2-sp", "t5-unigram"])
        {
            Metadata first = Written(TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach(folder))));
            TokenizerModel read = GgufTokenizerTables.Read(first, "model.gguf")!;
            var second = new Metadata();
            GgufTokenizerTables.Write(second, read, new GgufVocabularyTarget(null, first.Get<string[]>("tokenizer.ggml.tokens")!.Length));

            Assert.Equal(first.Select(p => p.Key).Order(StringComparer.Ordinal), second.Select(p => p.Key).Order(StringComparer.Ordinal));
            Assert.All(first, pair => Assert.Equal(pair.Value, second.TryGet(pair.Key, out object? value) ? value : null));
        }
    }

    [Fact]
    public void Read_of_a_published_file_gives_the_reference_ids()
    {
        if (SmolLm.SaysAbsent())
        {
            return;
        }

        var tokenizer = Tokenizer.Create(Published());
        IEnumerable<JsonElement> lines = SmolLm.ReadJsonLines("tokenization.jsonl");
        Findings.None(
            from line in lines
            let text = line.GetProperty("text").GetString()
            where text != WithNumerals
            let ids = tokenizer.Encode(text, EncodeOptions.ParseSpecialTokens)
            where !ids.SequenceEqual(line.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()))
            select $"{JsonSerializer.Serialize(text)}: [{string.Join(',', ids)}], expected {line.GetProperty("ids")}");
    }

    [Fact]
    public void Written_as_hugging_face_files_a_published_tokenizer_gives_the_same_ids()
    {
        if (SmolLm.SaysAbsent())
        {
            return;
        }

        TokenizerModel source = Published();
        Dictionary<string, ReadOnlyMemory<byte>> files = TokenizerFiles.Write(source).ToDictionary(f => f.Name, f => f.Bytes);
        var first = Tokenizer.Create(source);
        var second = Tokenizer.Create(TokenizerFiles.Read(new TokenizerFolder("model", files.Keys, name => files[name])));
        Findings.None(
            from line in SmolLm.ReadJsonLines("tokenization.jsonl")
            let text = line.GetProperty("text").GetString()
            where !first.Encode(text).SequenceEqual(second.Encode(text))
            select text);
        Assert.Equal(source.ChatTemplates, second.Model.ChatTemplates);
        Assert.Equal(source.IdOf(SpecialTokenKind.Begin), second.Model.IdOf(SpecialTokenKind.Begin));
        Assert.Equal(source.IdOf(SpecialTokenKind.End), second.Model.IdOf(SpecialTokenKind.End));
    }

    [Fact]
    public void Chats_of_a_published_file_give_the_reference_texts_and_ids()
    {
        if (SmolLm.SaysAbsent())
        {
            return;
        }

        TokenizerModel model = Published();
        var tokenizer = Tokenizer.Create(model);
        foreach (JsonElement chat in SmolLm.ReadJson("expected.json").GetProperty("chats").EnumerateArray())
        {
            var request = new ChatRequest { Messages = chat.GetProperty("messages"), Ending = ChatEnding.AnswerBegins, SpecialTokens = ChatTemplate.SpecialTokensOf(model) };
            string? text = ChatTemplate.Of(model, request).Render(request).Text;

            Assert.Equal(chat.GetProperty("rendered").GetString(), text);
            Assert.Equal(chat.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()), tokenizer.Encode(text!, EncodeOptions.ParseSpecialTokens));
        }
    }

    private static TokenizerModel Published()
    {
        const string Name = "SmolLM2-135M-Instruct.Q4_1.gguf";
        var metadata = new Metadata();
        foreach ((string key, GgufValue value) in Readers.GgufReader.Read(SmolLm.Reach(Name)).Pairs)
        {
            metadata.Add(key, Typed(value));
        }

        return GgufTokenizerTables.Read(metadata, Name)!;
    }

    private static Metadata Written(TokenizerModel source)
    {
        var metadata = new Metadata();
        GgufTokenizerTables.Write(metadata, source, new GgufVocabularyTarget(null, source.VocabularySize + 3));
        return metadata;
    }

    private static Tokenizer RoundTrip(TokenizerModel source) => Tokenizer.Create(GgufTokenizerTables.Read(Written(source), "model.gguf")!);

    private static IEnumerable<string> Differences(string folder, TokenizerModel source, Tokenizer second, EncodeOptions options)
    {
        var first = Tokenizer.Create(source);
        return from vector in Topic.ReadJsonLines($"{folder}/vectors.jsonl")
               let text = vector.GetProperty("text").GetString()

               // llama.cpp finds user-defined tokens in the text as it is, SentencePiece where spaces are escaped already: a literal mark of a space is the one text that tells.
               where !text.Contains('\u2581')
               where !first.Encode(text, options).SequenceEqual(second.Encode(text, options))
               select $"{JsonSerializer.Serialize(text[..Math.Min(80, text.Length)])}: [{string.Join(',', second.Encode(text, options).Take(40))}], expected [{string.Join(',', first.Encode(text, options).Take(40))}]";
    }

    // The tests' own reader gives every integer as the widest.
    private static object Typed(GgufValue value) => value.Type switch
    {
        "u32" => Convert.ToUInt32(value.Value, CultureInfo.InvariantCulture),
        "array<string>" => ((object[])value.Value).Cast<string>().ToArray(),
        "array<i32>" => ((object[])value.Value).Select(v => Convert.ToInt32(v, CultureInfo.InvariantCulture)).ToArray(),
        "array<f32>" => ((object[])value.Value).Select(v => Convert.ToSingle(v, CultureInfo.InvariantCulture)).ToArray(),
        _ => value.Value,
    };
}
