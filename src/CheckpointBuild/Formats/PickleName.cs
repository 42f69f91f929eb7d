namespace CheckpointBuild.Formats;

/// <summary>A class, function or constant of Python that a pickle names: only ever a name here, never looked up.</summary>
/// <param name="Module">The module: <c>torch</c>.</param>
/// <param name="Name">The name in it: <c>bfloat16</c>.</param>
public sealed record PickleName(string Module, string Name)
{
    /// <summary>Writes <c>torch.bfloat16</c>; Python 2's spellings, which protocol 2 keeps, become today's.</summary>
    /// <returns>Module and name.</returns>
    public override string ToString() => Module == "__builtin__"
        ? $"builtins.{Name switch { "long" => "int", "unicode" => "str", "xrange" => "range", _ => Name }}"
        : $"{Module}.{Name}";
}
