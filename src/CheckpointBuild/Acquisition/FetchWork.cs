namespace CheckpointBuild.Acquisition;

/// <summary>Where the missing files of a model go, and who hears of it.</summary>
/// <param name="Target">Where they go.</param>
/// <param name="Observer">Is told how it goes.</param>
/// <param name="Request">What was asked for.</param>
internal sealed record FetchWork(IFetchTarget Target, FetchObserver Observer, FetchRequest Request);
