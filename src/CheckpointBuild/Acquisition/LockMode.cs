namespace CheckpointBuild.Acquisition;

/// <summary>What may happen to a lock file.</summary>
public enum LockMode
{
    /// <summary>Entries that are there hold; a name without one is resolved and gets one.</summary>
    AddMissing,

    /// <summary>Nothing is resolved: a name without an entry is an error.</summary>
    Locked,

    /// <summary>Every name is resolved anew.</summary>
    Update,

    /// <summary>Entries that are there hold; a name without one is resolved, and nothing is written.</summary>
    ReadOnly,
}
