namespace CheckpointBuild.Building;

/// <summary>Whether outputs are hashed while they are written.</summary>
public enum OutputHashing
{
    /// <summary>SHA-256 of each file.</summary>
    Sha256,

    /// <summary>No hash; the report has none and the product cannot be verified.</summary>
    None,
}
