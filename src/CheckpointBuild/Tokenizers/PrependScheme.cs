namespace CheckpointBuild.Tokenizers;

/// <summary>Where a Metaspace step puts its mark before a piece that does not begin with it.</summary>
public enum PrependScheme
{
    /// <summary>Before every piece.</summary>
    Always,

    /// <summary>Before the piece at the start of the text only.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}
