namespace CheckpointBuild.Building;

/// <summary>Whether a remembered hash of a file with the same length and time is believed.</summary>
public enum HashTrust
{
    /// <summary>It is.</summary>
    Remembered,

    /// <summary>The file is read again.</summary>
    ReadAgain,
}
