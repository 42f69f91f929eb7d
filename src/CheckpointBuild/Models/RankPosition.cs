namespace CheckpointBuild.Models;

/// <summary>One set of weights in a <see cref="RankGrid"/>.</summary>
/// <param name="Stage">Which run of layers.</param>
/// <param name="Tensor">Which share of each matrix.</param>
/// <param name="MoeTensor">Which share of each expert's matrices.</param>
/// <param name="MoeExpert">Which group of experts.</param>
public readonly record struct RankPosition(int Stage, int Tensor, int MoeTensor, int MoeExpert);
