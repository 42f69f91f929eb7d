namespace CheckpointBuild.Formats;

/// <summary>Which of Python's dictionaries.</summary>
public enum PickleDictionaryKind
{
    /// <summary><c>dict</c>.</summary>
    Dictionary,

    /// <summary><c>collections.OrderedDict</c>, as <c>Module.state_dict()</c> gives.</summary>
    Ordered,

    /// <summary><c>collections.Counter</c>.</summary>
    Counter,
}
