namespace CheckpointBuild.Acquisition;

/// <summary>Where a content goes.</summary>
/// <param name="Lock">Its lock, which the caller holds.</param>
/// <param name="Beside">The path beside which the partial file lies.</param>
/// <param name="Target">The path that the content gets.</param>
internal sealed record ContentPlace(CacheLock Lock, string Beside, string Target);
