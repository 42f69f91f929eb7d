namespace CheckpointBuild.Formats;

/// <summary>Which of Python's sequences.</summary>
public enum PickleSequenceKind
{
    /// <summary><c>list</c>.</summary>
    List,

    /// <summary><c>tuple</c>.</summary>
    Tuple,

    /// <summary><c>set</c>.</summary>
    Set,

    /// <summary><c>torch.Size</c>.</summary>
    Size,
}
