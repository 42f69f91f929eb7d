using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Benchmarks;

/// <summary>Writes a Llama checkpoint of any size in Hugging Face's form: bfloat16, tied, one file; the numbers repeat every 8 MiB, so that any size is made in seconds.</summary>
internal static class CheckpointGenerator
{
    private const int PatternBytes = 8 << 20;

    /// <summary>Writes the folder; a complete one is left as it is.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Where it goes.</param>
    public static void Write(ModelSize size, string folder)
    {
        string weights = Path.Combine(folder, "model.safetensors");
        if (File.Exists(weights))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config(size).ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer());
        using var pattern = new PatternSource(PatternBytes);
        FilePlan plan = Format.Safetensors.Plan("model.safetensors", new TensorFile(new TensorTable(Tensors(size, pattern)), new Metadata().Add("format", "pt")));
        new Building.Builder(new Building.BuilderOptions { Hashing = Building.OutputHashing.None })
            .Build(new Dialects.DirectoryPlan([plan], []), folder, default);
    }

    /// <summary>The same model without a file: its numbers are made as they are read.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="dtype">The dtype of its matrices; norms are float32.</param>
    /// <returns>The checkpoint.</returns>
    public static Checkpoint InMemory(ModelSize size, DType dtype)
    {
        ModelFamily family = ModelFamily.FindModelType("llama")!;
        ModelConfig config = ModelOf(size);
        var pattern = new PatternSource(PatternBytes);
        return new Checkpoint
        {
            Name = size.Name,
            Dialect = "generated",
            Family = family,
            Config = config,
            Tensors = new RoleTable(family.Naming.TensorsOf(config).Select(s => KeyValuePair.Create(
                s.Roles[0],
                Converted.Of(new Stored(s.Name, DType.BF16, s.Shape, pattern, 0), s.Shape.Rank == 1 ? DType.F32 : dtype)))),
        };
    }

    /// <summary>One matrix of such numbers.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <returns>Its numbers, made as they are read.</returns>
    public static Tensor Matrix(int rows, int columns) => new Stored("generated", DType.BF16, new Shape(rows, columns), new PatternSource(PatternBytes), 0);

    private static JsonObject Config(ModelSize size) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["hidden_size"] = size.Hidden,
        ["intermediate_size"] = size.FeedForward,
        ["num_hidden_layers"] = size.Layers,
        ["num_attention_heads"] = size.Heads,
        ["num_key_value_heads"] = size.KeyValueHeads,
        ["vocab_size"] = size.Vocabulary,
        ["max_position_embeddings"] = 4096,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["tie_word_embeddings"] = true,
        ["torch_dtype"] = "bfloat16",
        ["bos_token_id"] = 256,
        ["eos_token_id"] = 256,
    };

    // Every byte a token, one control token, one merge, the Llama-3 pattern: all that an engine needs.
    private static string Tokenizer()
    {
        var vocabulary = new JsonObject();
        int shifted = 256;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            vocabulary[((char)(printable ? b : shifted++)).ToString()] = b;
        }

        // llama.cpp does not load a vocabulary without a merge.
        vocabulary["ab"] = 257;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 256, ["content"] = "<|end_of_text|>", ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "Split",
                        ["pattern"] = new JsonObject { ["Regex"] = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+" },
                        ["behavior"] = "Isolated",
                        ["invert"] = false,
                    },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false }),
            },
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject { ["type"] = "BPE", ["ignore_merges"] = true, ["byte_fallback"] = false, ["vocab"] = vocabulary, ["merges"] = new JsonArray("a b") },
        }.ToJsonString();
    }

    private static IEnumerable<Tensor> Tensors(ModelSize size, PatternSource pattern) =>
        ModelFamily.FindModelType("llama")!.Naming.TensorsOf(ModelOf(size)).Select(s => new Stored(s.Name, DType.BF16, s.Shape, pattern, 0));

    private static ModelConfig ModelOf(ModelSize size) => new()
    {
        HiddenSize = size.Hidden,
        LayerCount = size.Layers,
        HeadCount = size.Heads,
        KeyValueHeadCount = size.KeyValueHeads,
        HeadDimension = size.Hidden / size.Heads,
        FeedForwardSize = size.FeedForward,
        VocabularySize = size.Vocabulary,
        ContextLength = 4096,
        NormEpsilon = 1e-5,
        Rope = new RopeConfig { Theta = 10000, Dimensions = size.Hidden / size.Heads },
        TiedEmbeddings = true,
    };

    /// <summary>Bytes without end that repeat: bfloat16 numbers of about ±0.05.</summary>
    private sealed class PatternSource : ByteSource
    {
        private readonly byte[] _pattern;

        public PatternSource(int bytes)
        {
            _pattern = new byte[bytes];
            Span<ushort> numbers = MemoryMarshal.Cast<byte, ushort>(_pattern.AsSpan());
            ulong state = 1;
            for (int i = 0; i < numbers.Length; i++)
            {
                state = (state * 6364136223846793005) + 1442695040888963407;
                float value = ((int)(state >> 40) - (1 << 23)) * (0.05f / (1 << 23));
                numbers[i] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
            }
        }

        public override string Name => "pattern";

        public override long Length => long.MaxValue;

        public override void Read(long offset, Span<byte> destination)
        {
            while (!destination.IsEmpty)
            {
                ReadOnlySpan<byte> part = _pattern.AsSpan((int)(offset % _pattern.Length));
                int count = Math.Min(part.Length, destination.Length);
                part[..count].CopyTo(destination);
                destination = destination[count..];
                offset += count;
            }
        }
    }
}
