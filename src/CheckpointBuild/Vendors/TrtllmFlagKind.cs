namespace CheckpointBuild.Vendors;

/// <summary>What the value of a flag is.</summary>
public enum TrtllmFlagKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number from 0.</summary>
    Number,

    /// <summary>None: it stands alone.</summary>
    Switch,

    /// <summary><c>enable</c> or <c>disable</c>.</summary>
    OnOff,
}
