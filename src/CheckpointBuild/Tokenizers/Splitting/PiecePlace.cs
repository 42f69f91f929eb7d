namespace CheckpointBuild.Tokenizers.Splitting;

/// <summary>Where a piece stands.</summary>
internal enum PiecePlace
{
    /// <summary>Behind something else.</summary>
    Inside,

    /// <summary>At the start of the text.</summary>
    AtStart,
}
