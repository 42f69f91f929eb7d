using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Models;

/// <summary>How a model is spread over the processes of a parallel group: tensor parallelism splits matrices, pipeline parallelism splits layers, context parallelism splits sequences; experts are split by themselves or among the tensor-parallel ranks.</summary>
/// <remarks>Rank = (stage · context size + context rank) · tensor size + tensor rank. Ranks that differ in their context rank alone hold the same weights and share a file.</remarks>
public sealed record RankGrid
{
    // No machine has a hundredth of these; a slip must not make a million files.
    private const int MostRanks = 4096;

    private RankGrid()
    {
    }

    /// <summary>One rank that holds everything.</summary>
    public static RankGrid Single { get; } = new();

    /// <summary>Over how many ranks each matrix is split.</summary>
    public int TensorParallel { get; private init; } = 1;

    /// <summary>Into how many stages the layers fall.</summary>
    public int PipelineParallel { get; private init; } = 1;

    /// <summary>Over how many ranks each sequence is split.</summary>
    public int ContextParallel { get; private init; } = 1;

    /// <summary>Over how many ranks the matrices of one expert are split.</summary>
    public int MoeTensorParallel { get; private init; } = 1;

    /// <summary>Over how many groups the experts are dealt out.</summary>
    public int MoeExpertParallel { get; private init; } = 1;

    /// <summary>Processes in all.</summary>
    public int WorldSize => TensorParallel * PipelineParallel * ContextParallel;

    /// <summary>Different sets of weights: ranks without regard to contexts.</summary>
    public int FileCount => TensorParallel * PipelineParallel;

    /// <summary>Makes a grid.</summary>
    /// <param name="tensor">Ranks for each matrix, at least 1.</param>
    /// <param name="pipeline">Stages, at least 1.</param>
    /// <param name="context">Ranks for each sequence, at least 1.</param>
    /// <param name="moeTensor">Ranks for each expert's matrices; null = what <paramref name="moeExpert"/> leaves.</param>
    /// <param name="moeExpert">Groups of experts; null = what <paramref name="moeTensor"/> leaves, or 1.</param>
    /// <returns>The grid.</returns>
    /// <exception cref="CheckpointException">CKPT3201 when sizes are below 1 or too large, CKPT3202 when those of experts do not multiply to that of tensors.</exception>
    public static RankGrid Of(int tensor, int pipeline, int context, int? moeTensor, int? moeExpert)
    {
        if (tensor < 1 || pipeline < 1 || context < 1 || (long)tensor * pipeline * context > MostRanks)
        {
            throw Errors.GridImpossible(tensor, pipeline, context, MostRanks);
        }

        int expert = moeExpert ?? (moeTensor is > 0 and var split ? tensor / split : 1);
        int inside = moeTensor ?? (expert > 0 ? tensor / expert : tensor);
        return expert > 0 && inside > 0 && (long)inside * expert == tensor
            ? new RankGrid { TensorParallel = tensor, PipelineParallel = pipeline, ContextParallel = context, MoeTensorParallel = inside, MoeExpertParallel = expert }
            : throw Errors.ExpertGridWrong(inside, expert, tensor);
    }

    /// <summary>Which set of weights a rank reads: ranks that differ in their context alone share one.</summary>
    /// <param name="rank">From 0 to <see cref="WorldSize"/> - 1.</param>
    /// <returns>From 0 to <see cref="FileCount"/> - 1.</returns>
    /// <exception cref="CheckpointException">CKPT3253 when there is no such rank.</exception>
    public int FileOf(int rank) => rank >= 0 && rank < WorldSize
        ? (rank % TensorParallel) + (rank / (TensorParallel * ContextParallel) * TensorParallel)
        : throw Errors.RankOutOfRange(rank, WorldSize);

    /// <summary>Where a set of weights stands in the grid.</summary>
    /// <param name="file">From 0 to <see cref="FileCount"/> - 1.</param>
    /// <returns>The position.</returns>
    public RankPosition PositionOf(int file) => new(file / TensorParallel, file % TensorParallel, file % TensorParallel / MoeExpertParallel, file % TensorParallel % MoeExpertParallel);
}
