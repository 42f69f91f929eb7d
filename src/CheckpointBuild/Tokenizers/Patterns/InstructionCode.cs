namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>What a step of a compiled pattern does.</summary>
internal enum InstructionCode
{
    /// <summary>Takes one character of a set.</summary>
    One,

    /// <summary>Takes a run of characters of a set, as long as it can.</summary>
    Run,

    /// <summary>Goes on with the next step, and on failure with the target.</summary>
    Fork,

    /// <summary>Goes on with the target, and on failure with the next step.</summary>
    LazyFork,

    /// <summary>Goes on with the target.</summary>
    Jump,

    /// <summary>Matches the next steps up to <see cref="Accept"/>, then goes on with the target from the same place.</summary>
    LookAhead,

    /// <summary>Matches the next steps up to <see cref="Accept"/>, then goes on with the target from where they ended.</summary>
    Atomic,

    /// <summary>Looks at the character before.</summary>
    LookBehind,

    /// <summary>Only at the start of the text.</summary>
    Start,

    /// <summary>Only at the end of the text.</summary>
    Finish,

    /// <summary>Only at the start of a line.</summary>
    LineStart,

    /// <summary>Only at the end of a line.</summary>
    LineEnd,

    /// <summary>A match.</summary>
    Accept,
}
