using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models;

/// <content>Which tensors follow from the numbers, and their shapes.</content>
public sealed partial record ModelConfig
{
    /// <summary>Whether a model of this configuration has a tensor, as far as numbers tell: a family may lack it all the same, by having no name for it.</summary>
    /// <param name="role">The role; <see cref="TensorRole.Index"/> is not looked at.</param>
    /// <returns>True when it has.</returns>
    public bool Has(TensorRole role) => HasWeight(role.Kind, role.Layer) && (role.Part == TensorPart.Weight || (SiteOf(role.Kind) is { } site && Biases.HasFlag(site)));

    /// <summary>The configuration of the model without some of its layers: what later layers are goes with them.</summary>
    /// <param name="layers">The layers that are left out.</param>
    /// <returns>The configuration.</returns>
    internal ModelConfig Without(IReadOnlyCollection<int> layers)
    {
        int[] kept = [.. Enumerable.Range(0, LayerCount).Except(layers)];
        LayerSet Kept(LayerSet set) => LayerSet.Where(kept.Length, layer => set.Contains(kept[layer]));
        return this with
        {
            LayerCount = kept.Length,
            WindowLayers = Kept(WindowLayers),
            UnturnedLayers = Kept(UnturnedLayers),
            Experts = Experts is { } experts ? experts with { Layers = Kept(experts.Layers) } : null,
        };
    }

    /// <summary>How many tensors of a kind a layer has, each with an index.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Experts, or heads; 0 where there is one tensor without an index.</returns>
    public int IndexCountOf(RoleKind kind) => kind switch
    {
        RoleKind.ExpertGate or RoleKind.ExpertUp or RoleKind.ExpertDown => Experts?.Count ?? 0,
        RoleKind.QueryNorm when HeadNorm == HeadNorm.PerHead => HeadCount,
        RoleKind.KeyNorm when HeadNorm == HeadNorm.PerHead => KeyValueHeadCount,
        _ => 0,
    };

    /// <summary>The shape of a tensor in the canonical arrangement.</summary>
    /// <param name="role">A role that a model of this configuration has.</param>
    /// <returns>[out, in] for a matrix, [out] for a norm or a bias.</returns>
    public Shape ShapeOf(TensorRole role)
    {
        (long rows, long columns) = MatrixOf(role.Kind);
        return role.Part == TensorPart.Bias || columns == 0 ? new Shape(rows) : new Shape(rows, columns);
    }

    private bool HasWeight(RoleKind kind, int layer)
    {
        bool sparse = Experts?.Layers.Contains(layer) == true;
        return kind switch
        {
            RoleKind.Output => !TiedEmbeddings,
            RoleKind.EmbeddingProjection or RoleKind.OutputProjection => EmbeddingSize != HiddenSize,
            RoleKind.FinalNorm => !NormsAreBare && Residual != ResidualShape.NormAfterSum,
            RoleKind.FeedForwardNorm => !NormsAreBare && Residual != ResidualShape.ParallelOneNorm,
            RoleKind.AttentionNorm => !NormsAreBare,
            RoleKind.QueryNorm or RoleKind.KeyNorm => HeadNorm != HeadNorm.None,
            RoleKind.QueryDown or RoleKind.QueryDownNorm => Latent?.QueryRank > 0,
            RoleKind.KeyValueDown or RoleKind.KeyValueDownNorm or RoleKind.RotaryKey => Latent is not null,
            RoleKind.Gate or RoleKind.Up or RoleKind.Down => !sparse,
            RoleKind.Router or RoleKind.ExpertGate or RoleKind.ExpertUp or RoleKind.ExpertDown => sparse,
            RoleKind.RouterCorrection => sparse && Experts!.HasCorrection,
            RoleKind.SharedGate or RoleKind.SharedUp or RoleKind.SharedDown => sparse && Experts!.SharedFeedForwardSize > 0,
            RoleKind.SharedRouter => sparse && Experts!.SharedIsWeighed,
            _ => true,
        };
    }

    // Of latent attention the downward projections alone have biases.
    private BiasSites? SiteOf(RoleKind kind) => kind switch
    {
        RoleKind.Query or RoleKind.Key or RoleKind.Value when Latent is null => BiasSites.QueryKeyValue,
        RoleKind.QueryDown or RoleKind.KeyValueDown or RoleKind.RotaryKey => BiasSites.QueryKeyValue,
        RoleKind.AttentionOutput => BiasSites.AttentionOutput,
        RoleKind.Gate or RoleKind.Up or RoleKind.Down or RoleKind.ExpertGate or RoleKind.ExpertUp or RoleKind.ExpertDown => BiasSites.FeedForward,
        RoleKind.AttentionNorm or RoleKind.FeedForwardNorm or RoleKind.FinalNorm or RoleKind.EmbeddingNorm => BiasSites.Norm,
        RoleKind.QueryNorm or RoleKind.KeyNorm => BiasSites.HeadNorm,
        RoleKind.Output => BiasSites.Output,
        RoleKind.Router => BiasSites.Router,
        _ => null,
    };

    private (long Rows, long Columns) MatrixOf(RoleKind kind)
    {
        long hidden = HiddenSize;
        long queries = (long)HeadCount * HeadDimension;
        long keys = (long)KeyValueHeadCount * HeadDimension;
        long values = (long)KeyValueHeadCount * ValueDimension;
        return kind switch
        {
            RoleKind.TokenEmbedding or RoleKind.Output => (VocabularySize, EmbeddingSize),
            RoleKind.PositionEmbedding => ((long)ContextLength + PositionOffset.GetValueOrDefault(), hidden),
            RoleKind.EmbeddingProjection => (hidden, EmbeddingSize),
            RoleKind.OutputProjection => (EmbeddingSize, hidden),
            RoleKind.FinalNorm or RoleKind.EmbeddingNorm or RoleKind.AttentionNorm or RoleKind.AttentionOutputNorm or RoleKind.FeedForwardNorm or RoleKind.FeedForwardOutputNorm => (hidden, 0),
            RoleKind.Query => (queries, Latent is { QueryRank: > 0 } latent ? latent.QueryRank : hidden),
            RoleKind.Key => Latent is { } latent ? ((long)HeadCount * latent.PlainDimension, latent.KeyValueRank) : (keys, hidden),
            RoleKind.Value => (values, Latent?.KeyValueRank ?? hidden),
            RoleKind.QueryNorm => (HeadNorm == HeadNorm.Whole ? queries : HeadDimension, 0),
            RoleKind.KeyNorm => (HeadNorm == HeadNorm.Whole ? keys : HeadDimension, 0),
            RoleKind.QueryDown => (Latent!.QueryRank, hidden),
            RoleKind.QueryDownNorm => (Latent!.QueryRank, 0),
            RoleKind.KeyValueDown => (Latent!.KeyValueRank, hidden),
            RoleKind.KeyValueDownNorm => (Latent!.KeyValueRank, 0),
            RoleKind.RotaryKey => (Latent!.RotaryDimension, hidden),
            RoleKind.Sinks => (HeadCount, 0),
            RoleKind.AttentionOutput => (hidden, (long)HeadCount * ValueDimension),
            RoleKind.Gate or RoleKind.Up => (FeedForwardSize, hidden),
            RoleKind.Down => (hidden, FeedForwardSize),
            RoleKind.Router => (Experts!.Count, hidden),
            RoleKind.RouterCorrection => (Experts!.Count, 0),
            RoleKind.ExpertGate or RoleKind.ExpertUp => (Experts!.FeedForwardSize, hidden),
            RoleKind.ExpertDown => (hidden, Experts!.FeedForwardSize),
            RoleKind.SharedGate or RoleKind.SharedUp => (Experts!.SharedFeedForwardSize, hidden),
            RoleKind.SharedDown => (hidden, Experts!.SharedFeedForwardSize),
            RoleKind.SharedRouter => (1, hidden),
            _ => throw new InvalidOperationException($"{kind} has no shape."),
        };
    }
}
