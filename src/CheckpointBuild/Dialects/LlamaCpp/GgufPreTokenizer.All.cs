using System;
using System.Collections.Generic;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <content>The names and their meanings. The patterns are those of the vendors' own <c>tokenizer.json</c>; llama.cpp writes some of them differently for its own matcher.</content>
internal sealed partial class GgufPreTokenizer
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Rest = @"|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Llama3 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + Rest;
    private const string Qwen2 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*" + Rest;
    private const string Qwen35 = Contractions + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*" + Rest;
    private const string Tekken = @"[^\r\n\p{L}\p{N}]?" + Upper + "*" + Lower + @"+|[^\r\n\p{L}\p{N}]?" + Upper + "+" + Lower + @"*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + Rest;
    private const string Gpt4O = @"[^\r\n\p{L}\p{N}]?" + Upper + "*" + Lower + "+" + Contractions + @"?|[^\r\n\p{L}\p{N}]?" + Upper + "+" + Lower + "*" + Contractions + @"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + Rest;
    private const string Youtu = @"[^\r\n\p{L}\p{N}]?" + Upper + "*" + Lower + "+" + Contractions + @"?|[^\r\n\p{L}\p{N}]?" + Upper + "+" + Lower + "*" + Contractions + @"?|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + Rest;
    private const string KimiUpper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]";
    private const string KimiLower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]";
    private const string Kimi = @"[\p{Han}]+|[^\r\n\p{L}\p{N}]?" + KimiUpper + "*" + KimiLower + "+" + Contractions + @"?|[^\r\n\p{L}\p{N}]?" + KimiUpper + "+" + KimiLower + "*" + Contractions + @"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + Rest;
    private const string DeepSeekWords = @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*" + Rest;

    // Cased letters of a few scripts. Characters that Unicode normalization would replace are written as numbers.
    private const string DeepSeekLetters = @"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u1F7Dᾀ-ᾴᾶ-ᾼ\u1FBEῂ-ῄῆ-ῌῐ-\u1FD3ῖ-\u1FDBῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212A-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";
    private const string Bloom = @" ?[^(\s|.,!?…。，、।۔،)]+";
    private const string SeedCoder = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+" + Rest;

    private static readonly PreTokenizerStep Bytes = new PreTokenizerStep.ByteLevel(AddPrefixSpace: false, UseRegex: false);
    private static readonly PreTokenizerStep Gpt2 = new PreTokenizerStep.ByteLevel(AddPrefixSpace: false, UseRegex: true);
    private static readonly PreTokenizerStep SingleDigits = new PreTokenizerStep.Digits(Individually: true);

    // Among names that mean the same the first is taken, unless the model's vendor has one of its own.
    private static readonly GgufPreTokenizer[] AllArray =
    [
        new([Gpt2], ignoresMerges: false, "gpt-2", "phi-2", "olmo", "mpt", "jais", "exaone4", "gigachat", "a.x-4.0", "mellum", "modern-bert", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "jina-v1-en", "jina-v2-code", "roberta-bpe", "trillion", "granite-docling"),
        new([Regex(Llama3), Bytes], ignoresMerges: true, "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"),
        new([Regex(Llama3), Bytes], ignoresMerges: false, "smaug-bpe", "dbrx", "glm4", "chatglm-bpe"),
        new([Regex(Qwen2), Bytes], ignoresMerges: false, "qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "solar-open", "grok-2", "megrez", "kormo", "f2llmv2", "bailingmoe", "bailingmoe2", "llada-moe"),
        new([Regex(Qwen35), Bytes], ignoresMerges: false, "qwen35"),
        new([SingleDigits, Gpt2], ignoresMerges: false, "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2"),
        new([new PreTokenizerStep.Punctuation(SplitBehavior.Contiguous), Gpt2, new PreTokenizerStep.Digits(Individually: false), Regex("[0-9][0-9][0-9]")], ignoresMerges: false, "falcon"),
        new([Regex(@"\p{N}{1,3}"), Regex("[一-龥぀-ゟ゠-ヿ]+"), Regex(DeepSeekWords), Bytes], ignoresMerges: false, "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"),
        new([Regex("[\r\n]"), Regex(DeepSeekLetters), Regex(@"\s?[!-/:-~！-／：-～‘-‟　-。]+"), Regex(@"\s+$"), Regex("[一-龥ࠀ-一가-퟿]+"), new PreTokenizerStep.Digits(Individually: true), Bytes], ignoresMerges: false, "deepseek-llm"),
        new([Regex("[\r\n]"), Regex(@"\s?\p{L}+"), Regex(@"\s?\p{P}+"), Regex("[一-龥ࠀ-一가-퟿]+"), new PreTokenizerStep.Digits(Individually: true), Bytes], ignoresMerges: false, "deepseek-coder"),
        new([Regex(Bloom), Bytes], ignoresMerges: false, "bloom", "poro-chat", "gpt3-finnish"),
        new([Regex(Bloom), SingleDigits, Bytes], ignoresMerges: false, "viking"),
        new([Regex(Tekken), Bytes], ignoresMerges: true, "tekken"),
        new([Regex(Gpt4O), Bytes], ignoresMerges: false, "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"),
        new([Regex(Gpt4O), Bytes], ignoresMerges: true, "granite-embed-multi-97m"),
        new([Regex("[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+"), Regex(Youtu), Bytes], ignoresMerges: true, "youtu"),
        new([Regex(Kimi), Bytes], ignoresMerges: false, "kimi-k2"),
        new([Regex(SeedCoder), Bytes], ignoresMerges: false, "seed-coder"),
        new([Regex(@"[\p{P}\$\+<=>\^~\|]+"), Gpt2, Regex(@"\p{N}+"), Regex("[0-9][0-9][0-9]")], ignoresMerges: false, "default"),
    ];

    // What vendors call their own, where several names mean the same.
    private static readonly Dictionary<string, string[]> VendorNames = new(StringComparer.Ordinal)
    {
        ["LlamaForCausalLM"] = ["llama-bpe", "smollm"],
        ["MistralForCausalLM"] = ["tekken"],
        ["Qwen2ForCausalLM"] = ["qwen2"],
        ["Qwen2MoeForCausalLM"] = ["qwen2"],
        ["Qwen3ForCausalLM"] = ["qwen2"],
        ["Qwen3MoeForCausalLM"] = ["qwen2"],
        ["GPT2LMHeadModel"] = ["gpt-2"],
        ["PhiForCausalLM"] = ["phi-2"],
        ["OlmoForCausalLM"] = ["olmo"],
        ["Olmo2ForCausalLM"] = ["olmo", "dbrx"],
        ["MPTForCausalLM"] = ["mpt"],
        ["MptForCausalLM"] = ["mpt"],
        ["StableLmForCausalLM"] = ["stablelm2"],
        ["Starcoder2ForCausalLM"] = ["starcoder"],
        ["GPTBigCodeForCausalLM"] = ["starcoder", "refact"],
        ["GraniteForCausalLM"] = ["refact"],
        ["CohereForCausalLM"] = ["command-r"],
        ["Cohere2ForCausalLM"] = ["command-r"],
        ["FalconForCausalLM"] = ["falcon", "falcon3"],
        ["BloomForCausalLM"] = ["bloom"],
        ["DbrxForCausalLM"] = ["dbrx"],
        ["GlmForCausalLM"] = ["chatglm-bpe"],
        ["Glm4ForCausalLM"] = ["glm4"],
        ["DeepseekV2ForCausalLM"] = ["deepseek-llm"],
        ["DeepseekV3ForCausalLM"] = ["deepseek-v3"],
        ["GptOssForCausalLM"] = ["gpt-4o"],
        ["Llama4ForCausalLM"] = ["llama4"],
        ["SmolLM3ForCausalLM"] = ["llama-bpe"],
        ["ExaoneForCausalLM"] = ["exaone"],
        ["Exaone4ForCausalLM"] = ["exaone4"],
    };

    /// <summary>Every meaning that is known.</summary>
    internal static IReadOnlyList<GgufPreTokenizer> All => AllArray;

    private static PreTokenizerStep.Split Regex(string pattern) => new(new TextPattern(pattern, IsExpression: true), SplitBehavior.Isolated, Invert: false);
}
