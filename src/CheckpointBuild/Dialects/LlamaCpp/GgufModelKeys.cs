using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The <c>general.*</c> and architecture keys, in the order in which llama.cpp's converter writes them.</summary>
internal static class GgufModelKeys
{
    /// <summary>Writes the keys up to the tokenizer's.</summary>
    /// <param name="metadata">Receives them.</param>
    /// <param name="checkpoint">The model.</param>
    /// <param name="size">How many numbers its tensors hold.</param>
    /// <param name="fileType">What <c>general.file_type</c> holds.</param>
    /// <param name="warn">Receives what was noticed.</param>
    public static void Write(Metadata metadata, Checkpoint checkpoint, ParameterCount size, uint fileType, Action<Diagnostic> warn)
    {
        GgufArchitecture architecture = GgufArchitecture.Of(checkpoint.Family);
        metadata.Add("general.architecture", architecture.Name);
        WriteAll(architecture.LeadingKeys);
        metadata.Add("general.type", "model");
        GgufGeneralKeys.Write(metadata, checkpoint, size, warn);
        WriteAll(architecture.Keys);
        metadata.Add("general.quantization_version", 2u);

        void WriteAll(IEnumerable<GgufKey> keys)
        {
            foreach (GgufKey key in keys)
            {
                if ((key.Name == GgufKey.FileType ? fileType : key.ValueOf(checkpoint.Config)) is { } value)
                {
                    metadata.Add(key.NameIn(architecture.Name), value);
                }
            }
        }
    }

    /// <summary>Reads the configuration back: sizes from the keys that every file has, what the family fixes from the family, the rest from the architecture's keys.</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="family">Whose model it is.</param>
    /// <param name="file">The file, for messages.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <returns>The configuration.</returns>
    public static ModelConfig Read(Metadata metadata, ModelFamily family, string file, TensorTable tensors)
    {
        GgufArchitecture architecture = GgufArchitecture.Of(family);
        var keys = new GgufKeyReader(metadata, architecture.Name, file);
        GgufTensorSizes sizes = GgufTensorSizes.Of(tensors);
        int hidden = keys.Count("embedding_length");
        int heads = keys.Count("attention.head_count");
        int dimension = keys.OptionalCount("attention.key_length") ?? (hidden % heads == 0 ? hidden / heads : throw keys.Wrong("attention.head_count", $"{heads}", $"a divisor of embedding_length ({hidden}), or key_length stated"));
        int context = keys.Count("context_length");
        var common = new ModelConfig
        {
            HiddenSize = hidden,
            LayerCount = ModelConfig.LayersWithinReason(file, $"{architecture.Name}.block_count", keys.Count("block_count")),
            HeadCount = heads,
            KeyValueHeadCount = keys.OptionalCount("attention.head_count_kv") ?? heads,
            HeadDimension = dimension,
            HeadDimensionIsStated = keys.OptionalCount("attention.key_length") is not null,
            FeedForwardSize = sizes.FeedForwardSize is { } width ? Agreed(keys, architecture, width, file) : keys.Count("feed_forward_length"),
            VocabularySize = sizes.VocabularySize,
            ContextLength = context,
            ContextIsStated = true,
            NormEpsilon = 1e-5,
            Activation = family.Fields.DefaultActivation,
            Rope = family.Fields.DefaultTheta is { } theta ? ReadRope(keys, dimension, context, theta, family.Fields.RopeStyle) : null,
            TiedEmbeddings = sizes.IsTied,
            Biases = family.Fields.Biases,
            BeginToken = keys.Token("tokenizer.ggml.bos_token_id"),
            EndTokens = GgufEndTokens.Read(metadata, file),
        };
        ModelConfig config = family.Complete(common);
        foreach (GgufKey key in architecture.Keys)
        {
            if (key.Apply is { } apply && metadata.TryGet(key.NameIn(architecture.Name), out object? value))
            {
                config = apply(config, new GgufKeyValue(file, key.NameIn(architecture.Name), value));
            }
        }

        return family.Derive(architecture.Complete(config, tensors));
    }

    // The reference converter writes a multiple of the hidden size for some, whatever the tensors are.
    private static int Agreed(GgufKeyReader keys, GgufArchitecture architecture, int width, string file) =>
        architecture.OwnKeys.Any(k => k.Name == "feed_forward_length") || keys.OptionalCount("feed_forward_length") is not { } stated || stated == width ? width
            : throw Errors.TensorShape(file, "blk.0.ffn_down.weight", $"{width} columns wide", $"{stated} ({architecture.Name}.feed_forward_length)");

    private static RopeConfig ReadRope(GgufKeyReader keys, int dimension, int context, double theta, RopeStyle style)
    {
        var rope = new RopeConfig
        {
            Theta = keys.Number("rope.freq_base") is not { } stated ? theta : stated > 0 ? stated : throw keys.Wrong("rope.freq_base", $"{stated}", "a number above 0"),
            Dimensions = keys.OptionalCount("rope.dimension_count") ?? dimension,
            Style = style,
        };
        // Older files say the linear factor under a name of its own.
        double factor = keys.Number("rope.scaling.factor") ?? keys.Number("rope.scale_linear") ?? 1;
        return (keys.Text("rope.scaling.type") ?? (factor == 1 ? "none" : "linear")) switch
        {
            "linear" => rope with { Scaling = RopeScalingKind.Linear, Factor = factor },
            "yarn" => (rope with { Scaling = RopeScalingKind.Yarn, Factor = factor, OriginalContextLength = keys.OptionalCount("rope.scaling.original_context_length") ?? context }).Times(keys.Number("rope.scaling.attn_factor") ?? 1),
            "none" or "longrope" => rope with { OriginalContextLength = keys.OptionalCount("rope.scaling.original_context_length") ?? 0 },
            { } other => throw keys.Wrong("rope.scaling.type", other, "one of none, linear, yarn, longrope"),
        };
    }
}
