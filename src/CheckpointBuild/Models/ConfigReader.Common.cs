using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Models;

/// <content>What all configurations have, under the names that a family gives it.</content>
public sealed partial class ConfigReader
{
    private const string WindowLayerType = "sliding_attention";

    /// <summary>Reads what all configurations have.</summary>
    /// <param name="fields">The family's names and defaults.</param>
    /// <returns>A configuration without what makes the family special.</returns>
    /// <exception cref="CheckpointException">CKPT2001 or CKPT2002 when a field is missing or wrong.</exception>
    public ModelConfig Common(ConfigFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        int hidden = Count(fields.Hidden);
        int heads = Count(fields.Heads);
        int? stated = Named(fields.HeadDimension);
        int dimension = stated ?? fields.DefaultHeadDimension ?? Quotient(fields.Hidden, fields.Heads);
        return new ModelConfig
        {
            HiddenSize = hidden,
            LayerCount = Count(fields.Layers),
            HeadCount = heads,
            KeyValueHeadCount = Named(fields.KeyValueHeads) ?? heads,
            HeadDimension = dimension,
            HeadDimensionIsStated = stated is not null,
            FeedForwardSize = Named(fields.FeedForward) ?? checked(4 * hidden),
            VocabularySize = Count("vocab_size"),
            ContextLength = Named(fields.Context) ?? fields.DefaultContext,
            ContextIsStated = Named(fields.Context) is not null,
            NormEpsilon = fields.NormEpsilon is null ? fields.DefaultNormEpsilon : OptionalNumber(fields.NormEpsilon) ?? fields.DefaultNormEpsilon,
            Activation = fields.Activation is null ? fields.DefaultActivation : Activation(fields.Activation, fields.DefaultActivation),
            Rope = fields.DefaultTheta is null ? null : Rope(fields, dimension),
            TiedEmbeddings = OptionalFlag("tie_word_embeddings") ?? fields.TiedByDefault,
            Biases = fields.BiasFields.Where(f => OptionalFlag(f.Name) ?? f.Default).Aggregate(fields.Biases, (sites, f) => sites | f.Sites),
            BeginToken = OptionalToken("bos_token_id"),
            EndTokens = Tokens("eos_token_id"),
            StatedDType = OptionalText("dtype") ?? OptionalText("torch_dtype"),
        };
    }

    /// <summary>The layers that <c>layer_types</c> says to see a window.</summary>
    /// <param name="layerCount">How many layers the model has.</param>
    /// <returns>The layers, or null where the field is absent.</returns>
    public LayerSet? WindowLayers(int layerCount)
    {
        if (Field(_root, "layer_types") is not { } types)
        {
            return null;
        }

        return types.ValueKind == JsonValueKind.Array && types.GetArrayLength() == layerCount && types.EnumerateArray().All(t => t.ValueKind == JsonValueKind.String)
            ? LayerSet.Where(layerCount, layer => types[layer].GetString() == WindowLayerType)
            : throw Errors.ConfigFieldWrong(File, "layer_types", Show(types), $"a list of {layerCount} texts");
    }

    /// <summary>The layers with experts: each <c>decoder_sparse_step</c>-th, but those that <c>mlp_only_layers</c> names.</summary>
    /// <param name="layerCount">How many layers the model has.</param>
    /// <returns>The layers.</returns>
    public LayerSet SparseLayers(int layerCount)
    {
        int step = OptionalCount("decoder_sparse_step") ?? 1;
        ImmutableArray<int> dense = Tokens("mlp_only_layers");
        return LayerSet.Where(layerCount, layer => (layer + 1) % step == 0 && !dense.Contains(layer));
    }

    /// <summary>The layers for which a list of numbers holds 0.</summary>
    /// <param name="name">The field.</param>
    /// <param name="layerCount">How many layers the model has.</param>
    /// <returns>The layers, or null where the field is absent.</returns>
    public LayerSet? LayersWithZero(string name, int layerCount)
    {
        ImmutableArray<int> numbers = Tokens(name);
        return numbers.IsEmpty ? null
            : numbers.Length == layerCount ? LayerSet.Where(layerCount, layer => numbers[layer] == 0)
            : throw Errors.ConfigFieldWrong(File, name, $"a list of {numbers.Length}", $"one number for each of {layerCount} layers");
    }

    private int? Named(string? name) => name is null ? null : OptionalCount(name);
}
