namespace CheckpointBuild.Tokenizers;

/// <summary>What a token is, in the numbers that SentencePiece and GGUF share.</summary>
public enum TokenType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Stands for what no token covers.</summary>
    Unknown = 2,

    /// <summary>Steers the model and is no text.</summary>
    Control = 3,

    /// <summary>Text that is found whole before anything is split.</summary>
    UserDefined = 4,

    /// <summary>A place that nothing uses.</summary>
    Unused = 5,

    /// <summary>One byte of UTF-8: <c>&lt;0x0A&gt;</c>.</summary>
    Byte = 6,
}
