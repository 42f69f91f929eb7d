using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>The tensors of one rank: which modules its stage has, and its share of each.</summary>
/// <param name="fields">What is written.</param>
/// <param name="converter">The class of models.</param>
/// <param name="overflow">What happens to numbers that the dtype cannot hold.</param>
/// <param name="quantizer">What becomes of matrices; null = they stay as they are.</param>
internal sealed class RankTensors(ConverterFields fields, Converter converter, OverflowRule overflow, RankQuantizer? quantizer)
{
    private readonly RoleTable _roles = fields.Checkpoint.Tensors;

    /// <summary>The tensors of a rank.</summary>
    /// <param name="file">Which set of weights.</param>
    /// <returns>In the order of the rules; the container orders them.</returns>
    public IEnumerable<Tensor> Of(int file)
    {
        RankGrid grid = fields.Options.Grid;
        RankPosition position = grid.PositionOf(file);
        var cut = new RankCut(fields.Config, fields.Options, position);
        (int first, int count) = StageLayers.Of(fields.Config.LayerCount, grid.PipelineParallel, position.Stage, fields.Options.Version);
        if (converter.StoresRotaryTables && quantizer?.KeepsRotaryTables != false)
        {
            foreach (Tensor table in RotaryTables.Of(fields.Config))
            {
                yield return table;
            }
        }

        foreach (Tensor scale in CacheScales(count))
        {
            yield return scale;
        }

        foreach (RankRule rule in converter.Rules)
        {
            IEnumerable<int> layers = rule.IsInLayer ? Enumerable.Range(0, count) : IsOn(rule, position.Stage, grid.PipelineParallel) ? [0] : [];
            foreach (Tensor tensor in layers.SelectMany(local => Module(rule, local, rule.IsInLayer ? first + local : TensorRole.NoLayer, cut)))
            {
                yield return tensor;
            }
        }
    }

    // The first stage embeds, the last one norms and gives logits.
    private static bool IsOn(RankRule rule, int stage, int stages) => rule.Kinds[0] is RoleKind.FinalNorm or RoleKind.Output ? stage == stages - 1 : stage == 0;

    private IEnumerable<Tensor> Module(RankRule rule, int local, int layer, RankCut cut)
    {
        foreach (TensorPart part in Enum.GetValues<TensorPart>())
        {
            ImmutableArray<Tensor> parts = PartsOf(rule, layer, part);
            if (parts.IsEmpty || IsLeftOut(rule, part))
            {
                continue;
            }

            if (rule.FirstRankHasBias && part == TensorPart.Bias && cut.Position.Tensor > 0)
            {
                parts = [Converted.Of(new Computed("", [.. Enumerable.Repeat(0f, parts[0].Columns)], "the first rank's"), parts[0].DType)];
            }

            var module = new RankModule(cut, rule, part, parts, rule.NameOf(local)) { Layer = layer };
            IEnumerable<Tensor> tensors = quantizer?.Concerns(rule, layer, part) == true ? quantizer.Tensors(module) : [module.Share];
            foreach (Tensor tensor in tensors)
            {
                yield return tensor;
            }
        }
    }

    // Without statistics the cache's scale is 1.
    private IEnumerable<Tensor> CacheScales(int layers) => fields.Options.Quantization.KvCache == KvCacheAlgo.Fp8 && quantizer?.GivesCacheScales != true
        ? Enumerable.Range(0, layers).Select(layer => new Computed($"transformer.layers.{layer}.attention.kv_cache_scaling_factor", [1f], "scale of the cache"))
        : [];

    // The reference's Llama has no place for biases of the feed-forward block and drops them without a word.
    private bool IsLeftOut(RankRule rule, TensorPart part) =>
        part == TensorPart.Bias && fields.Options.FollowsReference && converter.FeedForwardBiasField is not null && rule.Kinds[0] is RoleKind.Gate or RoleKind.Up or RoleKind.Down;

    private ImmutableArray<Tensor> PartsOf(RankRule rule, int layer, TensorPart part)
    {
        if (rule.When?.Invoke(fields.Config) == false)
        {
            return [];
        }

        int count = fields.Config.IndexCountOf(rule.Kinds[0]);
        IEnumerable<TensorRole> roles = count == 0
            ? rule.Kinds.Select(kind => new TensorRole(kind, layer, part))
            : Enumerable.Range(0, count).SelectMany(index => rule.Kinds.Select(kind => new TensorRole(kind, layer, part, index)));
        Tensor?[] found = [.. roles.Select(Find)];
        return Array.TrueForAll(found, t => t is not null) ? [.. found.Select(t => Typed(rule, t!, part, layer))] : [];
    }

    // A head that is tied to the embedding is stored a second time.
    private Tensor? Find(TensorRole role) => role.Kind == RoleKind.Output && fields.Config.TiedEmbeddings && role.Part == TensorPart.Weight
        ? _roles.Find(new TensorRole(RoleKind.TokenEmbedding))
        : _roles.Find(role);

    private Tensor Typed(RankRule rule, Tensor tensor, TensorPart part, int layer)
    {
        if (rule.AddsOffset && part == TensorPart.Weight && fields.Config.NormOffset != 0)
        {
            tensor = Affine.Of(Converted.Of(tensor, DType.F32, overflow), fields.Config.NormOffset);
        }

        if (rule.Kinds[0] == RoleKind.PositionEmbedding && fields.Config.PositionOffset is > 0 and var offset)
        {
            tensor = SelectedRows.Of(tensor, new RowSlice(offset, tensor.Rows - offset));
        }

        tensor = quantizer?.Through is { } through ? Converted.Of(tensor, through, overflow) : tensor;
        return quantizer?.Concerns(rule, layer, part) == true ? quantizer.Prepare(tensor, fields.DType, overflow) : Converted.Of(tensor, rule.IsWide ? DType.F32 : fields.DType, overflow);
    }
}
