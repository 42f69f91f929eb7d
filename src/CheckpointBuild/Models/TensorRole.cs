using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models;

/// <summary>What one tensor is: a kind, the layer it belongs to, and whether it is the weight or its bias.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Layer">Its layer from 0, or <see cref="NoLayer"/>.</param>
/// <param name="Part">The weight, or the bias added after it.</param>
public readonly record struct TensorRole(RoleKind Kind, int Layer = TensorRole.NoLayer, TensorPart Part = TensorPart.Weight)
{
    /// <summary>The layer of tensors that stand outside the layers.</summary>
    public const int NoLayer = -1;

    /// <summary>Whether this belongs to a layer.</summary>
    public bool IsInLayer => Layer != NoLayer;

    /// <summary>The bias that goes with this weight.</summary>
    public TensorRole Bias => this with { Part = TensorPart.Bias };

    /// <summary>The shape that the tensor has in a model of this configuration.</summary>
    /// <param name="config">The model.</param>
    /// <returns>[out, in] for a matrix, [out] for a norm or a bias.</returns>
    public Shape ShapeIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        long hidden = config.HiddenSize;
        long queries = (long)config.HeadCount * config.HeadDimension;
        long keys = (long)config.KeyValueHeadCount * config.HeadDimension;
        long feedForward = config.FeedForwardSize;

        (long rows, long columns) = Kind switch
        {
            RoleKind.TokenEmbedding or RoleKind.Output => (config.VocabularySize, hidden),
            RoleKind.FinalNorm or RoleKind.AttentionNorm or RoleKind.FeedForwardNorm => (hidden, 0),
            RoleKind.Query => (queries, hidden),
            RoleKind.Key or RoleKind.Value => (keys, hidden),
            RoleKind.AttentionOutput => (hidden, queries),
            RoleKind.Gate or RoleKind.Up => (feedForward, hidden),
            RoleKind.Down => (hidden, feedForward),
            _ => throw new InvalidOperationException($"{Kind} has no shape."),
        };
        return Part == TensorPart.Bias || columns == 0 ? new Shape(rows) : new Shape(rows, columns);
    }

    /// <summary>Writes <c>layer 3 query bias</c>.</summary>
    /// <returns>The role in words.</returns>
    public override string ToString() => $"{(IsInLayer ? $"layer {Layer} " : "")}{Kind}{(Part == TensorPart.Bias ? " bias" : "")}";
}
