using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The <c>general.*</c> and architecture keys, in the order in which llama.cpp's converter writes them.</summary>
internal static class GgufModelKeys
{
    /// <summary>Writes the keys up to the tokenizer's.</summary>
    /// <param name="metadata">Receives them.</param>
    /// <param name="checkpoint">The model.</param>
    /// <param name="fileType">What <c>general.file_type</c> holds.</param>
    public static void Write(Metadata metadata, Checkpoint checkpoint, uint fileType)
    {
        ModelConfig config = checkpoint.Config;
        string arch = checkpoint.Family.GgufArchitecture!;
        long parameters = checkpoint.Tensors.Sum(t => t.Value.Shape.ElementCount) + config.Rope.FrequencyFactors().Length;

        metadata.Add("general.architecture", arch).Add("general.type", "model");
        WriteName(metadata, ModelName.Parse(checkpoint.Name, parameters), parameters);

        metadata
            .Add($"{arch}.block_count", (uint)config.LayerCount)
            .Add($"{arch}.context_length", (uint)config.ContextLength)
            .Add($"{arch}.embedding_length", (uint)config.HiddenSize)
            .Add($"{arch}.feed_forward_length", (uint)config.FeedForwardSize)
            .Add($"{arch}.attention.head_count", (uint)config.HeadCount)
            .Add($"{arch}.attention.head_count_kv", (uint)config.KeyValueHeadCount);
        WriteScaling(metadata, arch, config.Rope);
        metadata
            .Add($"{arch}.rope.freq_base", (float)config.Rope.Theta)
            .Add($"{arch}.attention.layer_norm_rms_epsilon", (float)config.NormEpsilon);
        if (config.HeadDimensionIsStated)
        {
            metadata
                .Add($"{arch}.attention.key_length", (uint)config.HeadDimension)
                .Add($"{arch}.attention.value_length", (uint)config.HeadDimension);
        }

        metadata
            .Add("general.file_type", fileType)
            .Add($"{arch}.vocab_size", (uint)config.VocabularySize)
            .Add($"{arch}.rope.dimension_count", (uint)config.Rope.Dimensions)
            .Add("general.quantization_version", 2u);
    }

    /// <summary>Reads the configuration back.</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="arch">What the architecture is called.</param>
    /// <param name="file">The file, for messages.</param>
    /// <param name="tied">Whether the file has no output matrix.</param>
    /// <param name="embeddingRows">Rows of the token embedding.</param>
    /// <returns>The configuration.</returns>
    public static ModelConfig Read(Metadata metadata, string arch, string file, bool tied, long embeddingRows)
    {
        var keys = new GgufKeyReader(metadata, arch, file);
        int hidden = keys.Count("embedding_length");
        int heads = keys.Count("attention.head_count");
        int dimension = keys.OptionalCount("attention.key_length") ?? (hidden % heads == 0 ? hidden / heads : throw keys.Wrong("attention.head_count", $"{heads}", $"a divisor of embedding_length ({hidden}), or key_length stated"));
        int context = keys.Count("context_length");
        return new ModelConfig
        {
            HiddenSize = hidden,
            LayerCount = keys.Count("block_count"),
            HeadCount = heads,
            KeyValueHeadCount = keys.OptionalCount("attention.head_count_kv") ?? heads,
            HeadDimension = dimension,
            HeadDimensionIsStated = keys.OptionalCount("attention.key_length") is not null,
            FeedForwardSize = keys.Count("feed_forward_length"),
            VocabularySize = checked((int)embeddingRows),
            ContextLength = context,
            NormEpsilon = keys.Number("attention.layer_norm_rms_epsilon") ?? throw Errors.ConfigFieldMissing(file, $"{arch}.attention.layer_norm_rms_epsilon"),
            Rope = ReadRope(keys, dimension, context),
            TiedEmbeddings = tied,
            BeginToken = keys.Token("tokenizer.ggml.bos_token_id"),
            EndTokens = GgufEndTokens.Read(metadata),
        }.Validated(file);
    }

    private static void WriteName(Metadata metadata, ModelName name, long parameters)
    {
        metadata.Add("general.name", name.Title);
        AddIfStated("general.version", name.Version);
        AddIfStated("general.finetune", name.FineTune);
        AddIfStated("general.basename", name.BaseName);
        metadata.Add("general.size_label", name.SizeLabel ?? ModelName.SizeOf(parameters));

        void AddIfStated(string key, string? value)
        {
            if (value is not null)
            {
                metadata.Add(key, value);
            }
        }
    }

    private static void WriteScaling(Metadata metadata, string arch, RopeConfig rope)
    {
        // Llama3 scaling has no key: its factors stand in a tensor.
        if (rope.Scaling == RopeScalingKind.Linear)
        {
            metadata.Add($"{arch}.rope.scaling.type", "linear").Add($"{arch}.rope.scaling.factor", (float)rope.Factor);
        }
        else if (rope.Scaling == RopeScalingKind.Yarn)
        {
            metadata
                .Add($"{arch}.rope.scaling.type", "yarn")
                .Add($"{arch}.rope.scaling.factor", (float)rope.Factor)
                .Add($"{arch}.rope.scaling.original_context_length", (uint)rope.OriginalContextLength);
        }
    }

    private static RopeConfig ReadRope(GgufKeyReader keys, int dimension, int context)
    {
        var rope = new RopeConfig
        {
            Theta = keys.Number("rope.freq_base") ?? 10000,
            Dimensions = keys.OptionalCount("rope.dimension_count") ?? dimension,
        };
        double factor = keys.Number("rope.scaling.factor") ?? 1;
        return (keys.Text("rope.scaling.type") ?? (factor == 1 ? "none" : "linear")) switch
        {
            "linear" => rope with { Scaling = RopeScalingKind.Linear, Factor = factor },
            "yarn" => rope with { Scaling = RopeScalingKind.Yarn, Factor = factor, OriginalContextLength = keys.OptionalCount("rope.scaling.original_context_length") ?? context },
            "none" => rope,
            { } other => throw keys.Wrong("rope.scaling.type", other, "one of none, linear, yarn"),
        };
    }
}
