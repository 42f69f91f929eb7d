namespace CheckpointBuild.Acquisition;

/// <summary>When the large files of a model are there.</summary>
public enum FetchTiming
{
    /// <summary>When the fetch is done: all of them, verified.</summary>
    BeforeUse,

    /// <summary>While they are read: they come as <see cref="FetchedFile.Arriving"/>, as long as what fetches them is not disposed.</summary>
    WhileUsed,
}
