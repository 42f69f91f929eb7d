namespace CheckpointBuild.Formats.Wire;

/// <summary>An object of a class that a container knows: its class's name and what its fields were set to. No such class exists here.</summary>
/// <param name="type">The class.</param>
internal sealed class PickleInstance(PickleName type)
{
    /// <summary>The class.</summary>
    public PickleName Type { get; } = type;

    /// <summary>The state: a dictionary of fields or a tuple; null until the program gives it.</summary>
    public object? State { get; set; }

    /// <summary>A field.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its value, or null where it is None or not there.</returns>
    public object? this[string name] => State is PickleDictionary fields && fields.TryGet(name, out object? value) ? value : null;
}
