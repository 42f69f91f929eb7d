namespace CheckpointBuild.Building;

/// <summary>How much of what is already there is believed.</summary>
public enum StoreUse
{
    /// <summary>Entries that verify are used, and hashes of unchanged source files.</summary>
    Normal,

    /// <summary>Entries that verify are used; every source file is read again.</summary>
    VerifySources,

    /// <summary>Everything is built anew.</summary>
    Rebuild,
}
