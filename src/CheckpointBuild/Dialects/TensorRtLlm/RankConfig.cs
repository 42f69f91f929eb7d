using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>A checkpoint's <c>config.json</c>: every field that anything here looks at has the kind that it needs, or opening fails.</summary>
internal sealed class RankConfig
{
    private const string QuantAlgoField = "quant_algo";

    // What the runtime knows and nothing here reads or writes.
    private static readonly string[] Foreign =
    [
        "W4A8_QSERVE_PER_GROUP", "W4A8_QSERVE_PER_CHANNEL", "INT8", "MIXED_PRECISION", "FP8_BLOCK_SCALES", "NVFP4", "W4A8_NVFP4_FP8", "W4A8_MXFP4_FP8", "W4A8_MXFP4_MXFP8", "W4A16_MXFP4", "NVFP4_AWQ", "MXFP8", "W4A16_NVFP4",
    ];

    private static readonly string[] Caches = ["INT8", "FP8", "NVFP4"];

    /// <summary>Looks through a configuration.</summary>
    /// <param name="path">Where it lies, for messages.</param>
    /// <param name="root">Its root object.</param>
    /// <exception cref="CheckpointException">CKPT2001 or CKPT2002 for a field that is missing or wrong, CKPT2004 and CKPT2012 for a model that is not known.</exception>
    public RankConfig(string path, JsonElement root)
    {
        Path = path;
        Json = JsonObject.Create(root)!;
        Fields = new ConfigReader(path, root);
        Architecture = Fields.OptionalText("architecture") ?? throw Errors.ConfigFieldMissing(path, "architecture");
        Family = ModelFamily.FindArchitecture(Architecture) ?? throw Errors.UnknownArchitecture(path, Architecture, Converter.All.SelectMany(c => c.Architectures));
        Converter = Converter.Of(Family);
        Mapping = Json["mapping"] is null ? Fields : Fields.Inner("mapping");
        Grid = RankGrid.Of(Mapping.OptionalCount("tp_size") ?? 1, Mapping.OptionalCount("pp_size") ?? 1, Mapping.OptionalCount("cp_size") ?? 1, Mapping.OptionalCount("moe_tp_size"), Mapping.OptionalCount("moe_ep_size"));
        Experts = Fields.Inner("moe");
        Algorithm = AlgorithmOf(Fields.Inner("quantization"));
        EmbeddingShardingDimension = ShardingOf();
        CheckOthers();
        Source = Converter.ToHuggingFace(this);
        Model = Family.ReadConfig(new ConfigReader(path, JsonElement.Parse(Source.ToJsonString())));
    }

    /// <summary>Where it lies, for messages.</summary>
    public string Path { get; }

    /// <summary>The file as it is.</summary>
    public JsonObject Json { get; }

    /// <summary>Its fields, each checked for its kind when it is asked for.</summary>
    public ConfigReader Fields { get; }

    /// <summary>The fields of its <c>mapping</c>; where there is none, its own.</summary>
    public ConfigReader Mapping { get; }

    /// <summary>The fields of its <c>moe</c>.</summary>
    public ConfigReader Experts { get; }

    /// <summary>The architecture that it names.</summary>
    public string Architecture { get; }

    /// <summary>The family of that name.</summary>
    public ModelFamily Family { get; }

    /// <summary>The class of models.</summary>
    public Converter Converter { get; }

    /// <summary>The ranks.</summary>
    public RankGrid Grid { get; }

    /// <summary>How weights are quantized; null = they are floats, or <see cref="ForeignAlgorithm"/> says how.</summary>
    public QuantAlgo? Algorithm { get; }

    /// <summary>An algorithm that the runtime knows and nothing here reads; null = there is none.</summary>
    public string? ForeignAlgorithm { get; private set; }

    /// <summary>Columns that share one scale, where the algorithm has groups.</summary>
    public int GroupSize => Fields.Inner("quantization").OptionalCount("group_size") ?? 128;

    /// <summary>Over which dimension the embedding is split; null = each rank has all of it.</summary>
    public int? EmbeddingShardingDimension { get; }

    /// <summary>The dtype of floats.</summary>
    public DType DType => DType.TryParse(Fields.OptionalText("dtype"), out DType? stated) ? stated : DType.F16;

    /// <summary>Whose form it has: the fields of its mapping say it.</summary>
    public TensorRtLlmVersion Version => Json["mapping"] is JsonObject mapping && mapping.ContainsKey("attn_tp_size") ? TensorRtLlmVersion.All.Last(v => v.HasAttentionMapping) : TensorRtLlmVersion.Default;

    /// <summary>The configuration in Hugging Face's words.</summary>
    public JsonObject Source { get; }

    /// <summary>The model that it describes.</summary>
    public ModelConfig Model { get; }

    // Names are the runtime's own, letter for letter; whatever else stands there was made by a hand.
    private QuantAlgo? AlgorithmOf(ConfigReader quantization)
    {
        if (quantization.OptionalText("kv_cache_quant_algo") is { } cache && !Caches.Contains(cache))
        {
            throw Errors.ConfigFieldWrong(Path, "quantization.kv_cache_quant_algo", cache, $"one of {string.Join(", ", Caches)}, or null");
        }

        _ = GroupSize;
        string? name = quantization.OptionalText(QuantAlgoField);
        ForeignAlgorithm = name is not null && System.Array.IndexOf(Foreign, name) >= 0 ? name : null;
        return name is null or "NO_QUANT" || ForeignAlgorithm is not null ? null
            : QuantAlgo.All.FirstOrDefault(a => a.Name == name) ?? throw Errors.ConfigFieldWrong(Path, "quantization." + QuantAlgoField, name, $"one of {string.Join(", ", QuantAlgo.All.Select(a => a.Name))}, or null");
    }

    private int? ShardingOf()
    {
        bool isSplit = Fields.OptionalFlag("use_parallel_embedding") == true;
        int dimension = Fields.Size("embedding_sharding_dim", 0);
        return !isSplit ? null : dimension is 0 or 1 ? dimension : throw Errors.ConfigFieldWrong(Path, "embedding_sharding_dim", $"{dimension}", "0 or 1");
    }

    // What the engine's configuration follows from, and no model of a family is read from.
    private void CheckOthers()
    {
        _ = Fields.OptionalText("dtype");
        _ = Fields.OptionalFlag("disable_weight_only_quant_plugin");
        ConfigReader scaling = Fields.Inner("rotary_scaling");
        _ = scaling.OptionalText("type");
        _ = scaling.OptionalText("rope_type");
        _ = scaling.OptionalNumber("factor");
    }
}
