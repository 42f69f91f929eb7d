using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Models;

/// <summary>The numbers that define a model: what the forward pass, the mappings and the writers read, in one vocabulary for all ecosystems.</summary>
public sealed record ModelConfig
{
    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>How many layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Query heads of a layer.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Key/value heads of a layer; divides <see cref="HeadCount"/>.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>Dimensions of one head.</summary>
    public required int HeadDimension { get; init; }

    /// <summary>Whether the source states <see cref="HeadDimension"/> itself (llama.cpp's converter writes two more keys then).</summary>
    public bool HeadDimensionIsStated { get; init; }

    /// <summary>Width of the feed-forward block.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Rows of the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The longest sequence the model is made for, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>What the norms add to the mean square.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Rotary position embedding.</summary>
    public required RopeConfig Rope { get; init; }

    /// <summary>Nonlinearity of the feed-forward block.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether the output head is the token embedding.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Whether query, key, value and output projections have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the feed-forward projections have biases.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>The token that begins a sequence, where stated.</summary>
    public int? BeginToken { get; init; }

    /// <summary>The tokens that end a sequence, as stated by the configuration and the generation settings.</summary>
    public ImmutableArray<int> EndTokens { get; init; } = [];

    /// <summary>The dtype that the source says its weights have, as written there; the weights' own dtype is what counts.</summary>
    public string? StatedDType { get; init; }

    /// <summary>Checks that the numbers fit each other.</summary>
    /// <param name="file">Where they come from, for messages.</param>
    /// <returns>The same configuration.</returns>
    /// <exception cref="CheckpointException">CKPT2002 naming the field, found and needed.</exception>
    public ModelConfig Validated(string file)
    {
        if (KeyValueHeadCount > HeadCount || HeadCount % KeyValueHeadCount != 0)
        {
            throw Errors.ConfigFieldWrong(file, "num_key_value_heads", $"{KeyValueHeadCount}", $"a divisor of num_attention_heads ({HeadCount})");
        }

        if (HeadDimension > MostHeadDimension)
        {
            throw Errors.ConfigFieldWrong(file, "head_dim", $"{HeadDimension}", $"at most {MostHeadDimension}");
        }

        if (Rope.Dimensions % 2 != 0 || Rope.Dimensions > HeadDimension)
        {
            throw Errors.ConfigFieldWrong(file, "rotary dimensions", $"{Rope.Dimensions}", $"an even number, at most head_dim ({HeadDimension})");
        }

        return LayerCount <= MostLayers ? this : throw Errors.ConfigFieldWrong(file, "num_hidden_layers", $"{LayerCount}", $"at most {MostLayers}");
    }

    // No model has a tenth of this; a damaged file must not make tables of billions.
    private const int MostLayers = 16384;
    private const int MostHeadDimension = 16384;
}
