using System.IO;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Where a path leads once every link in it is followed.</summary>
internal static class RealPath
{
    // As many links as systems follow in one path.
    private const int MostLinks = 40;

    /// <summary>Follows the links.</summary>
    /// <param name="path">A path, which need not exist.</param>
    /// <returns>The full path without links, not ended by a separator.</returns>
    public static string Of(string path) => Of(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), MostLinks);

    private static string Of(string full, int links)
    {
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }

        string place = Path.Combine(Of(parent, links), Path.GetFileName(full));
        return links > 0 && new DirectoryInfo(place).LinkTarget is { } target ? Of(Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, Path.GetDirectoryName(place)!)), links - 1) : place;
    }
}
