namespace CheckpointBuild.Building;

/// <summary>Whether files are on the disk when a build returns.</summary>
public enum Durability
{
    /// <summary>Files and their directory are flushed: a power cut afterwards loses nothing.</summary>
    Flushed,

    /// <summary>The system writes them when it likes, as <c>cp</c> leaves it.</summary>
    Cached,
}
