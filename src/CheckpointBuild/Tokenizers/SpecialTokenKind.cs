namespace CheckpointBuild.Tokenizers;

/// <summary>What a special token is for, in the order in which Hugging Face's files list them.</summary>
public enum SpecialTokenKind
{
    /// <summary>Begins a text: <c>bos</c>.</summary>
    Begin,

    /// <summary>Ends a text: <c>eos</c>.</summary>
    End,

    /// <summary>Stands for the unknown: <c>unk</c>.</summary>
    Unknown,

    /// <summary>Stands between texts: <c>sep</c>.</summary>
    Separator,

    /// <summary>Fills up: <c>pad</c>.</summary>
    Padding,

    /// <summary>Begins a classified text: <c>cls</c>.</summary>
    Class,

    /// <summary>Hides a word: <c>mask</c>.</summary>
    Mask,

    /// <summary>Ends a turn: <c>eot</c>.</summary>
    EndOfTurn,

    /// <summary>Ends a message: <c>eom</c>.</summary>
    EndOfMessage,
}
