namespace CheckpointBuild.Quantization;

/// <summary>What flowed into one weight matrix.</summary>
/// <param name="Squares">[in], the sum of the squares of each channel.</param>
public sealed record ChannelSums(float[] Squares)
{
    /// <summary>How many tokens were summed; an expert sees few of all.</summary>
    public long Tokens { get; set; }
}
