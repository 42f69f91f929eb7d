namespace CheckpointBuild.Building;

/// <summary>What happens where a reference tool silently loses weights or numbers.</summary>
public enum Compatibility
{
    /// <summary>It is done right, or refused, by code.</summary>
    Safe,

    /// <summary>The reference's bytes are written, with a warning that names what is lost.</summary>
    Reference,
}
