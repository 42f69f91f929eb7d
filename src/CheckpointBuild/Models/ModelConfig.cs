using System;
using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Models;

/// <summary>The numbers that define a model: what the forward pass, the mappings and the writers read, in one vocabulary for all ecosystems. What differs between families stands here as data.</summary>
public sealed partial record ModelConfig
{
    // No model has a tenth of these; a damaged file must not make tables of billions.
    private const int MostLayers = 16384;
    private const int MostExperts = 16384;
    private const int MostHeadDimension = 16384;
    private const int MostWidth = 1 << 20;

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>How many layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Query heads of a layer.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Key/value heads of a layer; divides <see cref="HeadCount"/>.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>Dimensions of one query or key.</summary>
    public required int HeadDimension { get; init; }

    /// <summary>Whether the source states <see cref="HeadDimension"/> itself (llama.cpp's converter writes two more keys then).</summary>
    public bool HeadDimensionIsStated { get; init; }

    /// <summary>Dimensions of one value; 0 = as <see cref="HeadDimension"/>.</summary>
    public int StatedValueDimension { get; init; }

    /// <summary>Width of the feed-forward block in layers without experts.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Rows of the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the embedding; 0 = as <see cref="HiddenSize"/>.</summary>
    public int StatedEmbeddingSize { get; init; }

    /// <summary>The longest sequence the model is made for, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Whether the source states <see cref="ContextLength"/> itself.</summary>
    public bool ContextIsStated { get; init; }

    /// <summary>What the norms divide by.</summary>
    public NormKind NormKind { get; init; }

    /// <summary>What the norms add to the mean square.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>What is added to the norms' weights before they are used: 1 where the files hold the difference from 1.</summary>
    public int NormOffset { get; init; }

    /// <summary>Whether the norms have no weights.</summary>
    public bool NormsAreBare { get; init; }

    /// <summary>How queries and keys are normed.</summary>
    public HeadNorm HeadNorm { get; init; }

    /// <summary>Where blocks take their input and norms stand.</summary>
    public ResidualShape Residual { get; init; }

    /// <summary>Rotary position embedding; null = none.</summary>
    public RopeConfig? Rope { get; init; }

    /// <summary>The rotary position embedding of layers that see a window; null = as in the others.</summary>
    public RopeConfig? WindowRope { get; init; }

    /// <summary>Layers whose queries and keys are not turned.</summary>
    public LayerSet UnturnedLayers { get; init; }

    /// <summary>Which row of the embedding of positions position 0 has, where the model has such a table.</summary>
    public int? PositionOffset { get; init; }

    /// <summary>Attention with linear biases (arXiv:2108.12409): head i of A adds 2^(-i · this / A) for each position further on; null = none.</summary>
    public double? AlibiMaxBias { get; init; }

    /// <summary>What scores are multiplied by; null = 1 / √<see cref="HeadDimension"/>.</summary>
    public double? AttentionScale { get; init; }

    /// <summary>Scores s become <c>c · tanh(s / c)</c>; null = not.</summary>
    public double? AttentionSoftCap { get; init; }

    /// <summary>How many positions a query of a window's layer sees, its own with them; 0 = there are no windows.</summary>
    public int Window { get; init; }

    /// <summary>Layers that see a window.</summary>
    public LayerSet WindowLayers { get; init; }

    /// <summary>Queries, keys and values are held within ±this; null = not.</summary>
    public double? ProjectionLimit { get; init; }

    /// <summary>Latent attention; null = plain.</summary>
    public LatentConfig? Latent { get; init; }

    /// <summary>Nonlinearity of the feed-forward block.</summary>
    public Activation Activation { get; init; }

    /// <summary>What <see cref="Activation.ClampedSwish"/> holds numbers within.</summary>
    public double GateLimit { get; init; }

    /// <summary>Mixture of experts; null = none.</summary>
    public ExpertConfig? Experts { get; init; }

    /// <summary>What embeddings are multiplied by.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>What blocks' results are multiplied by before they are added.</summary>
    public double ResidualScale { get; init; } = 1;

    /// <summary>What logits are multiplied by.</summary>
    public double LogitScale { get; init; } = 1;

    /// <summary>What logits are divided by.</summary>
    public double LogitDivisor { get; init; } = 1;

    /// <summary>Logits l become <c>c · tanh(l / c)</c>; null = not.</summary>
    public double? LogitSoftCap { get; init; }

    /// <summary>Whether the output head is the token embedding.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Where there are biases.</summary>
    public BiasSites Biases { get; init; }

    /// <summary>The token that begins a sequence, where stated.</summary>
    public int? BeginToken { get; init; }

    /// <summary>The tokens that end a sequence, as stated by the configuration and the generation settings.</summary>
    public ImmutableArray<int> EndTokens { get; init; } = [];

    /// <summary>The dtype that the source says its weights have, as written there; the weights' own dtype is what counts.</summary>
    public string? StatedDType { get; init; }

    /// <summary>Dimensions of one value.</summary>
    public int ValueDimension => StatedValueDimension > 0 ? StatedValueDimension : HeadDimension;

    /// <summary>Width of the embedding.</summary>
    public int EmbeddingSize => StatedEmbeddingSize > 0 ? StatedEmbeddingSize : HiddenSize;

    /// <summary>What scores are multiplied by.</summary>
    public double ScoreScale => AttentionScale ?? (1 / Math.Sqrt(HeadDimension));

    /// <summary>How many positions a query of a layer sees, its own with them; 0 = all.</summary>
    /// <param name="layer">From 0.</param>
    /// <returns>The window, or 0.</returns>
    public int WindowOf(int layer) => WindowLayers.Contains(layer) ? Window : 0;

    /// <summary>The rotary embedding of a layer.</summary>
    /// <param name="layer">From 0.</param>
    /// <returns>The embedding, or null where queries and keys are not turned.</returns>
    public RopeConfig? RopeOf(int layer) => UnturnedLayers.Contains(layer) ? null : WindowLayers.Contains(layer) ? WindowRope ?? Rope : Rope;

    /// <summary>Checks the number of layers, before anything is made for each of them.</summary>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <param name="field">What it is called there.</param>
    /// <param name="count">The number.</param>
    /// <returns>The same number.</returns>
    /// <exception cref="CheckpointException">CKPT2002 when it is beyond reason.</exception>
    internal static int LayersWithinReason(string file, string field, int count) =>
        count <= MostLayers ? count : throw Errors.ConfigFieldWrong(file, field, $"{count}", $"at most {MostLayers}");

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

        // Where no layer has the width no tensor is held against it, and yet room is made for it.
        if (Math.Max(FeedForwardSize, Experts?.FeedForwardSize ?? 0) is > MostWidth and int width)
        {
            throw Errors.ConfigFieldWrong(file, "intermediate_size", $"{width}", $"at most {MostWidth}");
        }

        if (Rope is { } rope && (rope.Dimensions < 2 || rope.Dimensions % 2 != 0 || rope.Dimensions > HeadDimension))
        {
            throw Errors.ConfigFieldWrong(file, "head_dim", $"{HeadDimension}", $"at least as many as the rotary dimensions, and these even ({rope.Dimensions})");
        }

        if (Experts is { } experts && (experts.Used > experts.Count || experts.Count > MostExperts))
        {
            throw Errors.ConfigFieldWrong(file, "num_experts_per_tok", $"{experts.Used}", $"at most the number of experts ({experts.Count}), and these at most {MostExperts}");
        }

        if (Experts is { GroupCount: > 1 } grouped && (grouped.Count % grouped.GroupCount != 0 || grouped.GroupsUsed > grouped.GroupCount || grouped.Used > grouped.Count / grouped.GroupCount * grouped.GroupsUsed))
        {
            throw Errors.ConfigFieldWrong(file, "n_group", $"{grouped.GroupCount}", $"a divisor of the number of experts ({grouped.Count}), so that topk_group ({grouped.GroupsUsed}) groups hold {grouped.Used} of them");
        }

        return this;
    }
}
