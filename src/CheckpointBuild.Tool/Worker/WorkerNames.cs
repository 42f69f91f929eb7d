using CheckpointBuild.Acquisition;

namespace CheckpointBuild.Tool.Worker;

/// <summary>How a request restores models that are named rather than lie in a folder.</summary>
/// <param name="LockFile">The project's lock file; null = none is kept.</param>
/// <param name="AssetsFile">What the project's own restore chose; null = nothing was restored.</param>
/// <param name="IsOffline">Whether the network must not be used.</param>
/// <param name="IsLocked">Whether only the lock file says what a name is.</param>
/// <param name="UpdatesLock">Whether every name is resolved anew.</param>
internal sealed record WorkerNames(string? LockFile, string? AssetsFile, bool IsOffline, bool IsLocked, bool UpdatesLock)
{
    /// <summary>Whether nothing is made, the lock file least of all.</summary>
    public bool IsPlan { get; init; }

    /// <summary>Whether the request has all items of its project, so that an update drops what none of them names.</summary>
    public bool IsWhole { get; init; }

    /// <summary>What may happen to the lock file.</summary>
    public LockMode Mode => IsPlan ? (IsLocked ? LockMode.Locked : LockMode.ReadOnly) : UpdatesLock ? LockMode.Update : IsLocked ? LockMode.Locked : LockMode.AddMissing;
}
