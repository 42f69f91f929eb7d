using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Laws;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>A real Llama of a few thousand seeded weights in Hugging Face's form: two layers, grouped queries, a byte tokenizer.</summary>
internal sealed record TinyLlama
{
    private const int Vocabulary = 264;

    /// <summary>The dtype of the weights.</summary>
    public DType DType { get; init; } = DType.BF16;

    /// <summary>Whether the head is the embedding.</summary>
    public bool Tied { get; init; } = true;

    /// <summary>Width of the feed-forward block: what makes it larger.</summary>
    public int FeedForward { get; init; } = 96;

    /// <summary>Whether projections have biases.</summary>
    public bool Biases { get; init; }

    /// <summary>The most bytes of tensors in one file.</summary>
    public long MaxShardSize { get; init; } = long.MaxValue;

    /// <summary>What stands before every tensor's name.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Changes the configuration before it is written.</summary>
    public Action<JsonObject> Configure { get; init; } = _ => { };

    /// <summary>Changes the values of a tensor before they are written.</summary>
    public Action<string, float[]> Spoil { get; init; } = (_, _) => { };

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <returns>The same folder.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        JsonObject config = Config();
        Configure(config);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer());

        var checkpoint = new Checkpoint { Name = "tiny", Dialect = "test", Family = ModelFamily.FindModelType("llama")!, Config = ModelConfig(), Tensors = Tensors() };
        if (Prefix.Length > 0)
        {
            WritePrefixed(checkpoint, folder);
            return folder;
        }

        DirectoryPlan plan = Dialect.Named("huggingface").Plan(checkpoint, new PlanOptions { EngineName = "tiny", Policy = new Quantization.AsStored(DType.F32), MaxShardSize = MaxShardSize });
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(plan with { Files = [.. plan.Files.Where(f => f.Path != "config.json")] }, folder, default);
        return folder;
    }

    private void WritePrefixed(Checkpoint checkpoint, string folder)
    {
        IEnumerable<Tensor> tensors = checkpoint.Tensors.Select(t => Renamed.Of(t.Value, Prefix + t.Value.Name));
        FilePlan plan = Format.Safetensors.Plan("model.safetensors", new TensorFile(new TensorTable(tensors), new Metadata()));
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), folder, default);
    }

    private ModelConfig ModelConfig() => new()
    {
        HiddenSize = 64,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 2,
        HeadDimension = 16,
        FeedForwardSize = FeedForward,
        VocabularySize = Vocabulary,
        ContextLength = 128,
        NormEpsilon = 1e-5,
        Rope = new RopeConfig { Theta = 10000, Dimensions = 16 },
        TiedEmbeddings = Tied,
        Biases = Biases ? BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward : BiasSites.None,
    };

    private RoleTable Tensors() => new(ModelFamily.FindModelType("llama")!.Naming.TensorsOf(ModelConfig())
        .OrderBy(s => s.Name, StringComparer.Ordinal)
        .Select((spec, i) => KeyValuePair.Create(spec.Roles[0], (Tensor)Values(spec, (ulong)i))));

    private Stored Values(StoredTensor spec, ulong seed)
    {
        var random = new SeededRandom(seed);
        float[] values = [.. Enumerable.Range(0, (int)spec.Shape.ElementCount).Select(_ => (random.NextWeight() * 0.4f) + (spec.Shape.Rank == 1 && spec.Roles[0].Part == TensorPart.Weight ? 1 : 0))];
        Spoil(spec.Name, values);
        byte[] bytes = new byte[DType.RowBytes(0, values.Length)];
        DType.Encode(values, values.Length, new Planes(bytes));
        return new Stored(spec.Name, DType, spec.Shape, new ArraySource(bytes), 0);
    }

    private JsonObject Config() => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["hidden_size"] = 64,
        ["intermediate_size"] = FeedForward,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2,
        ["vocab_size"] = Vocabulary,
        ["max_position_embeddings"] = 128,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["tie_word_embeddings"] = Tied,
        ["attention_bias"] = Biases,
        ["mlp_bias"] = Biases,
        ["torch_dtype"] = DType.LongName,
        ["bos_token_id"] = 256,
        ["eos_token_id"] = 257,
    };

    // Every byte is a token, written as byte-level tokenizers write it; two control tokens follow.
    private static string Tokenizer()
    {
        var vocabulary = new JsonObject();
        int shifted = 256;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            vocabulary[((char)(printable ? b : shifted++)).ToString()] = b;
        }

        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(Control(256, "<|begin_of_text|>"), Control(257, "<|end_of_text|>")),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() },
        }.ToJsonString();
    }

    private static JsonObject Control(int id, string text) => new()
    {
        ["id"] = id,
        ["content"] = text,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
