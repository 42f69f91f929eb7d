namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>In what a converter's calibrated checkpoints differ from others'.</summary>
/// <param name="SmoothsResults">Whether what goes into the projections of attention's and the block's results is smoothed too; else its smoother is 1.</param>
/// <param name="NumbersAreVectors">Whether single numbers are vectors of one; else they have no dimension.</param>
internal sealed record SmoothStyle(bool SmoothsResults, bool NumbersAreVectors);
