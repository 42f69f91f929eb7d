using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Puts each role together from the ranks' shares: what <see cref="RankCut"/> undone.</summary>
/// <param name="path">The configuration, for messages.</param>
/// <param name="config">The model as stated.</param>
/// <param name="grid">The ranks.</param>
/// <param name="converter">The class of models.</param>
/// <param name="ranks">The tensors of each rank's file.</param>
internal sealed class RankMerge(string path, ModelConfig config, RankGrid grid, Converter converter, ImmutableArray<Dictionary<string, Tensor>> ranks)
{
    private static readonly string[] NotWeights = ["embed_positions", "embed_positions_for_gpt_attention", "rotary_inv_freq"];

    // [experts, out, in]
    private const int StackRank = 3;

    private readonly HashSet<string> _used = [.. NotWeights];

    /// <summary>Every role that the ranks have.</summary>
    /// <returns>The model as its weights have it, and the roles in canonical arrangement.</returns>
    public (ModelConfig Config, Dictionary<TensorRole, Tensor> Roles) Roles()
    {
        var roles = new Dictionary<TensorRole, Tensor>();
        foreach (RankRule rule in converter.Rules.Where(r => r.When?.Invoke(config) != false))
        {
            for (int stage = 0, first = 0; stage < (rule.IsInLayer ? grid.PipelineParallel : 1); stage++)
            {
                int layers = rule.IsInLayer ? LayersOf(stage) : 1;
                for (int local = 0; local < layers; local++)
                {
                    Add(roles, rule, rule.IsInLayer ? stage : StageOf(rule), local, rule.IsInLayer ? first + local : TensorRole.NoLayer);
                }

                first += layers;
            }
        }

        RefuseLostLayers();
        RefuseUnknown();
        return (WithHeadOf(roles), roles);
    }

    private int StageOf(RankRule rule) => rule.Kinds[0] is RoleKind.FinalNorm or RoleKind.Output ? grid.PipelineParallel - 1 : 0;

    // The files say how layers were dealt out: by the rule of either release.
    private int LayersOf(int stage)
    {
        int layers = 0;
        while (ranks[stage * grid.TensorParallel].ContainsKey($"transformer.layers.{layers}.attention.qkv.weight"))
        {
            layers++;
        }

        return layers;
    }

    private void RefuseLostLayers()
    {
        int found = Enumerable.Range(0, grid.PipelineParallel).Sum(LayersOf);
        if (found != config.LayerCount)
        {
            throw Errors.LayersMissing(path, found, config.LayerCount);
        }
    }

    private void RefuseUnknown()
    {
        string[] unknown = [.. ranks.SelectMany(r => r.Keys).Distinct(StringComparer.Ordinal).Where(name => !_used.Contains(name) && !name.EndsWith("_cache_scaling_factor", StringComparison.Ordinal))];
        if (unknown.Length > 0)
        {
            throw unknown.Any(IsOfQuantization) ? Errors.RanksQuantized(path, null, unknown.First(IsOfQuantization)) : Errors.TensorUnknown(path, unknown, converter.Architectures[0]);
        }
    }

    private static bool IsOfQuantization(string name) => name.Contains("scal", StringComparison.Ordinal) || name.EndsWith("zero", StringComparison.Ordinal) || name.EndsWith("smoother", StringComparison.Ordinal) || name.EndsWith("clamp_val", StringComparison.Ordinal);

    private void Add(Dictionary<TensorRole, Tensor> roles, RankRule rule, int stage, int local, int layer)
    {
        foreach (TensorPart part in Enum.GetValues<TensorPart>())
        {
            string name = rule.NameOf(local) + (part == TensorPart.Weight ? ".weight" : ".bias");
            Tensor?[] found = [.. Enumerable.Range(stage * grid.TensorParallel, grid.TensorParallel).Select(r => ranks[r].GetValueOrDefault(name))];
            if (Array.Find(found, t => t is not null) is not { } first || (first.Shape.Rank == StackRank) != IsOfExperts(rule))
            {
                continue;
            }

            _used.Add(name);
            ImmutableArray<Tensor> shares = [.. found.Select((t, i) => t ?? throw Errors.TensorMissing($"{path} (rank {(stage * grid.TensorParallel) + i})", name, "of this rank"))];
            if (shares.Any(s => !s.DType.HasValues))
            {
                throw Errors.RanksQuantized(path, null, name);
            }

            foreach ((TensorRole role, Tensor tensor) in Split(rule, part, shares, layer, name))
            {
                roles[role] = tensor;
            }
        }
    }

    private IEnumerable<(TensorRole Role, Tensor Tensor)> Split(RankRule rule, TensorPart part, ImmutableArray<Tensor> shares, int layer, string name)
    {
        if (IsOfExperts(rule))
        {
            return Experts(rule, shares, layer, name);
        }

        if (rule.Split is RankSplit.QueryHeads or RankSplit.KeyHeads)
        {
            return NormedHeads(rule, part, shares, layer);
        }

        TensorRole RoleOf(RoleKind kind) => new(kind, layer, part);
        bool isVector = shares[0].Shape.Rank == 1;
        ImmutableArray<Tensor> standing = [.. shares.Select(s => isVector ? Reshaped.Of(s, new Shape(s.Shape.Columns, 1)) : s)];
        ImmutableArray<Tensor> whole = rule.Split switch
        {
            RankSplit.Rows => RowsOf(standing, [.. rule.Kinds.Select(kind => RowsWanted(RoleOf(kind)))], 1),
            RankSplit.Heads => RowsOf(standing, [.. rule.Kinds.Select(kind => RowsWanted(RoleOf(kind)))], Math.Max(1, grid.TensorParallel / config.KeyValueHeadCount)),
            RankSplit.Columns when part == TensorPart.Weight => [JoinedColumns.Of(name, standing)],
            RankSplit.Vocabulary or RankSplit.Head => [Vocabulary(standing, RowsWanted(RoleOf(rule.Kinds[0])), name)],
            _ => [standing[0]],
        };
        return rule.Kinds.Select((kind, i) => (RoleOf(kind), Canonical(rule, part, isVector ? Reshaped.Of(whole[i], new Shape(whole[i].Rows)) : whole[i])));
    }

    private IEnumerable<(TensorRole Role, Tensor Tensor)> NormedHeads(RankRule rule, TensorPart part, ImmutableArray<Tensor> shares, int layer)
    {
        RoleKind kind = rule.Kinds[0];
        int heads = config.IndexCountOf(kind);
        Tensor rows = RowsOf(shares, [heads], rule.Split == RankSplit.KeyHeads ? Math.Max(1, grid.TensorParallel / config.KeyValueHeadCount) : 1)[0];
        return Enumerable.Range(0, heads).Select(head => (new TensorRole(kind, layer, part, head), Reshaped.Of(SelectedRows.Of(rows, new RowSlice(head, 1)), new Shape(rows.Shape.Columns))));
    }

    // A layer has experts or one block, under the same names.
    private static bool IsOfExperts(RankRule rule) => rule.Split is RankSplit.ExpertRows or RankSplit.ExpertColumns;

    private long RowsWanted(TensorRole role) => config.ShapeOf(role) is { Rank: 1 } vector ? vector.Columns : config.ShapeOf(role).Rows;

    // Of each rank its share of every role; of a role that several ranks repeat, the first of them.
    private ImmutableArray<Tensor> RowsOf(ImmutableArray<Tensor> standing, ImmutableArray<long> wanted, int repeats)
    {
        ImmutableArray<Tensor>.Builder whole = ImmutableArray.CreateBuilder<Tensor>(wanted.Length);
        long start = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            int every = i == 0 && wanted.Length > 1 ? 1 : repeats;
            long rows = wanted[i] * every / standing.Length;
            (long from, int step) = (start, every);
            if (from + rows > standing[0].Rows)
            {
                throw Errors.TensorShape(path, standing[0].Name, standing[0].Shape.ToString(), $"at least {from + rows} rows");
            }

            RefuseOtherHeads(standing, new RowSlice(from, rows), step);
            whole.Add(JoinedRows.Of(standing[0].Name, [.. standing.Where((_, rank) => rank % step == 0).Select(s => s.Rows == rows ? s : SelectedRows.Of(s, new RowSlice(from, rows)))], 1));
            start += rows;
        }

        return whole.MoveToImmutable();
    }

    // A head that several ranks repeat is the same in each, or the configuration is of another model.
    private void RefuseOtherHeads(ImmutableArray<Tensor> standing, RowSlice rows, int step)
    {
        for (int rank = 0; rank < standing.Length; rank++)
        {
            int first = rank - (rank % step);
            if (first != rank && !TensorComparison.AreEqual(SelectedRows.Of(standing[first], rows), SelectedRows.Of(standing[rank], rows)))
            {
                throw Errors.RanksDiffer(path, standing[0].Name, $"one key/value head in rank {rank}", $"another, where the configuration has one for both", $"rank {first}");
            }
        }
    }

    private Tensor Vocabulary(ImmutableArray<Tensor> shares, long rows, string name)
    {
        // Whole on every rank, or split by columns, or by rows with zeros at the end.
        Tensor table = shares.Length == 1 || (shares[0].Rows == rows && shares[0].Shape.Columns == config.EmbeddingSize) ? shares[0]
            : shares[0].Rows == rows ? JoinedColumns.Of(name, shares)
            : JoinedRows.Of(name, shares, 1);
        return table.Rows > rows ? SelectedRows.Of(table, new RowSlice(0, rows)) : table;
    }

    private IEnumerable<(TensorRole Role, Tensor Tensor)> Experts(RankRule rule, ImmutableArray<Tensor> shares, int layer, string name)
    {
        int groups = grid.MoeExpertParallel, inside = grid.MoeTensorParallel, kinds = rule.Kinds.Length;
        int own = (int)shares[0].Shape.Dimensions[0];
        for (int expert = 0; expert < own * groups; expert++)
        {
            (int group, int local) = (expert / own, expert % own);
            ImmutableArray<Tensor> mine = [.. Enumerable.Range(0, inside).Select(i => One(shares[(i * groups) + group], local))];
            long rows = mine[0].Rows / kinds;
            for (int kind = 0; kind < kinds; kind++)
            {
                ImmutableArray<Tensor> parts = [.. mine.Select(m => kinds == 1 ? m : SelectedRows.Of(m, new RowSlice(kind * rows, rows)))];
                yield return (new TensorRole(rule.Kinds[kind], layer, TensorPart.Weight, expert), rule.Split == RankSplit.ExpertRows ? JoinedRows.Of(name, parts, 1) : JoinedColumns.Of(name, parts));
            }
        }
    }

    private static Tensor One(Tensor stack, int index)
    {
        long rows = stack.Shape.Dimensions[^2];
        return SelectedRows.Of(Reshaped.Of(stack, new Shape(stack.Rows, stack.Shape.Columns)), new RowSlice(index * rows, rows));
    }

    // What was widened for the runtime goes back to the dtype of all others.
    private Tensor Canonical(RankRule rule, TensorPart part, Tensor tensor) =>
        rule.IsWide && DType.TryParse(config.StatedDType, out DType? dtype) && dtype.IsFloatingPoint ? Converted.Of(tensor, dtype)
        : rule.Kinds[0] == RoleKind.PositionEmbedding && config.PositionOffset is > 0 and var offset ? JoinedRows.Of(tensor.Name, [Converted.Of(Reshaped.Of(new Computed("", [.. Enumerable.Repeat(0f, offset * tensor.Columns)], "positions of padding"), new Shape(offset, tensor.Columns)), tensor.DType), tensor], 1)
        : rule.AddsOffset && part == TensorPart.Weight && config.NormOffset != 0 ? Converted.Of(Affine.Of(tensor, -config.NormOffset), tensor.DType)
        : tensor;

    // Both the embedding and the head are stored; they are one where the configuration ties them and their bytes are the same.
    private ModelConfig WithHeadOf(Dictionary<TensorRole, Tensor> roles)
    {
        if (!config.TiedEmbeddings || !roles.TryGetValue(new TensorRole(RoleKind.Output), out Tensor? head))
        {
            return config;
        }

        bool isOne = roles.TryGetValue(new TensorRole(RoleKind.TokenEmbedding), out Tensor? embedding) && TensorComparison.AreEqual(embedding, head);
        _ = isOne && roles.Remove(new TensorRole(RoleKind.Output));
        return isOne ? config : config with { TiedEmbeddings = false };
    }
}
