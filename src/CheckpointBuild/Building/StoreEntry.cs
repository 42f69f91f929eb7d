using System.Collections.Immutable;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Building;

/// <summary>A product in the store.</summary>
/// <param name="Directory">Its immutable folder.</param>
/// <param name="Report">What it holds.</param>
/// <param name="WasThere">Whether it was found rather than built.</param>
public sealed record StoreEntry(string Directory, BuildReport Report, bool WasThere)
{
    /// <summary>Bytes of the product's files.</summary>
    public long Size => Report.Outputs.Sum(o => o.Length);

    /// <summary>Full paths of the product's files with what each is called in an output directory.</summary>
    public ImmutableArray<(string Path, BuiltFile File)> Files => [.. Report.Outputs.Select(o => (Path.Combine(Directory, o.Path.Replace('/', Path.DirectorySeparatorChar)), o))];
}
