namespace CheckpointBuild.Tasks;

/// <summary>Fetches the checkpoints that are named (<c>hf:org/name</c>) rather than lie in a folder, and writes the lock file: what the target <c>RestoreModelCheckpoints</c> does.</summary>
[Microsoft.Build.Framework.MSBuildMultiThreadableTask]
public sealed class RestoreCheckpoints : WorkerTask
{
    private protected override string RequiredMetadata => string.Empty;

    /// <summary>Whether these are all items of the project, so that <c>UpdateLock</c> drops what none of them names.</summary>
    public bool WholeProject { get; set; }

    private protected override bool OnlyFetches => true;

    private protected override bool HasAllItems => WholeProject;
}
