namespace CheckpointBuild.Tokenizers;

/// <summary>How a rendered conversation ends.</summary>
public enum ChatEnding
{
    /// <summary>With the last message.</summary>
    Closed,

    /// <summary>With the beginning of an answer, so that the model writes one.</summary>
    AnswerBegins,

    /// <summary>Inside of the last message, so that the model goes on with it.</summary>
    LastMessageGoesOn,
}
