using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>What one rank has of each tensor; views alone, no data is read.</summary>
/// <param name="Config">The model.</param>
/// <param name="Options">What is asked for.</param>
/// <param name="Position">The rank.</param>
internal sealed record RankCut(ModelConfig Config, TensorRtLlmOptions Options, RankPosition Position)
{
    /// <summary>Whether key/value heads are cut in pieces where there are fewer than ranks, instead of standing in each rank that needs them.</summary>
    public bool CutsThroughHeads { get; init; }

    private int Ranks => Options.Grid.TensorParallel;

    /// <summary>A rank's share of a module's weight or bias.</summary>
    /// <param name="rule">The module.</param>
    /// <param name="parts">The roles in it, in order; for experts one expert's roles after the other's.</param>
    /// <param name="part">Weight or bias.</param>
    /// <param name="name">What the share is called.</param>
    /// <returns>A matrix or stack of matrices for a weight, a vector for a bias.</returns>
    public Tensor Share(RankRule rule, ImmutableArray<Tensor> parts, TensorPart part, string name)
    {
        bool isVector = parts[0].Shape.Rank == 1;
        ImmutableArray<Tensor> standing = [.. parts.Select(Standing)];
        Tensor share = rule.Split switch
        {
            RankSplit.Rows => JoinedRows.Of(name, [.. standing.Select(p => RowShareOf(p, Ranks, Position.Tensor))], 1),
            RankSplit.Columns when part == TensorPart.Weight => ColumnShareOf(standing[0], Ranks, Position.Tensor),
            RankSplit.Heads => JoinedRows.Of(name, [Heads(standing[0], Config.HeadCount), Heads(standing[1], Config.KeyValueHeadCount), Heads(standing[2], Config.KeyValueHeadCount)], 1),
            RankSplit.QueryHeads => Heads(Rows(parts, name), Config.HeadCount),
            RankSplit.KeyHeads => Heads(Rows(parts, name), Config.KeyValueHeadCount),
            RankSplit.Vocabulary => Embedding(standing[0]),
            RankSplit.Head => PaddedRows(standing[0], Ranks),
            RankSplit.ExpertRows or RankSplit.ExpertColumns => Experts(rule, standing, name),
            _ => JoinedRows.Of(name, standing, 1),
        };
        return Renamed.Of(isVector && rule.Split is not (RankSplit.QueryHeads or RankSplit.KeyHeads) ? Reshaped.Of(share, new Shape(share.Rows)) : share, name);
    }

    /// <summary>Equal shares of a matrix's rows.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="ranks">How many shares.</param>
    /// <param name="rank">Which.</param>
    /// <returns>The share.</returns>
    /// <exception cref="CheckpointException">CKPT3203 when rows do not divide.</exception>
    public static Tensor RowShareOf(Tensor matrix, int ranks, int rank) => ranks == 1 ? matrix
        : matrix.Rows % ranks == 0 ? SelectedRows.Of(matrix, new RowSlice(matrix.Rows / ranks * rank, matrix.Rows / ranks))
        : throw Errors.SplitUneven(matrix.Name, "rows", matrix.Rows, ranks);

    /// <summary>Equal shares of a matrix's columns.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="ranks">How many shares.</param>
    /// <param name="rank">Which.</param>
    /// <returns>The share.</returns>
    /// <exception cref="CheckpointException">CKPT3203 when columns do not divide.</exception>
    public static Tensor ColumnShareOf(Tensor matrix, int ranks, int rank) => ranks == 1 ? matrix
        : matrix.Shape.Columns % ranks == 0 ? SelectedColumns.Of(matrix, new RowSlice(matrix.Shape.Columns / ranks * rank, matrix.Shape.Columns / ranks))
        : throw Errors.SplitUneven(matrix.Name, "columns", matrix.Shape.Columns, ranks);

    private static Tensor Rows(ImmutableArray<Tensor> vectors, string name) => JoinedRows.Of(name, [.. vectors.Select(v => Reshaped.Of(v, new Shape(1, v.Shape.Columns)))], 1);

    private static Tensor Standing(Tensor tensor) => tensor.Shape.Rank == 1 ? Reshaped.Of(tensor, new Shape(tensor.Shape.Columns, 1)) : tensor;

    // With fewer heads than ranks a rank has the one that its queries need.
    private Tensor Heads(Tensor matrix, int heads)
    {
        if (Ranks == 1 || CutsThroughHeads)
        {
            return RowShareOf(matrix, Ranks, Position.Tensor);
        }

        return SelectedRows.Of(matrix, HeadRows(matrix.Rows, heads));
    }

    /// <summary>Which rows of a matrix of heads the rank has.</summary>
    /// <param name="rows">Rows in all.</param>
    /// <param name="heads">Heads in all.</param>
    /// <returns>The rows.</returns>
    public RowSlice HeadRows(long rows, int heads)
    {
        (int first, int count) = heads < Ranks ? (Position.Tensor * heads / Ranks, 1) : (heads / Ranks * Position.Tensor, heads / Ranks);
        return new RowSlice(first * (rows / heads), count * (rows / heads));
    }

    private Tensor Embedding(Tensor table) => Options.EmbeddingShardingDimension switch
    {
        _ when Ranks == 1 => table,
        0 => PaddedRows(table, Ranks),
        1 => ColumnShareOf(table, Ranks, Position.Tensor),
        _ => table,
    };

    private Tensor PaddedRows(Tensor table, int ranks)
    {
        if (ranks == 1)
        {
            return table;
        }

        long rows = (table.Rows + ranks - 1) / ranks;
        return SelectedRows.Of(Padded.Of(table, rows * ranks, table.Shape.Columns), new RowSlice(rows * Position.Tensor, rows));
    }

    private Tensor Experts(RankRule rule, ImmutableArray<Tensor> parts, string name)
    {
        int kinds = rule.Kinds.Length;
        int experts = parts.Length / kinds;
        int groups = Options.Grid.MoeExpertParallel, inside = Options.Grid.MoeTensorParallel;
        if (experts % groups != 0)
        {
            throw Errors.SplitUneven(name, "experts", experts, groups);
        }

        int own = experts / groups;
        ImmutableArray<Tensor> mine = parts.Slice(own * Position.MoeExpert * kinds, own * kinds);
        ImmutableArray<Tensor> shares =
            [.. mine.Select(p => rule.Split == RankSplit.ExpertRows ? RowShareOf(p, inside, Position.MoeTensor) : ColumnShareOf(p, inside, Position.MoeTensor))];
        long rows = shares.Take(kinds).Sum(s => s.Rows);
        return Reshaped.Of(Renamed.Of(JoinedRows.Of(name, shares, 1), name), new Shape(own, rows, shares[0].Shape.Columns));
    }
}
