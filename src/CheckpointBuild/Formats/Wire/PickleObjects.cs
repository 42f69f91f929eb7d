namespace CheckpointBuild.Formats.Wire;

/// <summary>What the names, calls and persistent ids of a pickle program mean to one container. The interpreter itself knows data alone.</summary>
internal abstract class PickleObjects
{
    /// <summary>What a name stands for.</summary>
    /// <param name="name">Module and name.</param>
    /// <returns>The name where it is allowed, else null: the program is refused.</returns>
    public abstract PickleName? Find(PickleName name);

    /// <summary>What a call gives: always data, nothing is executed.</summary>
    /// <param name="call">What is called, with what, and where.</param>
    /// <returns>The value.</returns>
    public abstract object? Call(PickleCallSite call);

    /// <summary>What a persistent id stands for.</summary>
    /// <param name="call">The id as arguments, and where it stands.</param>
    /// <returns>The value.</returns>
    public abstract object Load(PickleCallSite call);
}
