namespace CheckpointBuild.Runtime;

/// <summary>An operation cut into bands that do not touch each other, so that several threads can share it. What a band writes never depends on which thread runs it, nor on how many there are.</summary>
internal interface IBandedWork
{
    /// <summary>How many bands there are.</summary>
    int BandCount { get; }

    /// <summary>Does one band.</summary>
    /// <param name="band">From 0 to <see cref="BandCount"/> - 1.</param>
    /// <param name="worker">Which of the pool's threads this is, from 0: the index of its own scratch memory.</param>
    void RunBand(int band, int worker);
}
