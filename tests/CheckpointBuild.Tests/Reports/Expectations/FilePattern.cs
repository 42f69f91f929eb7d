using System.IO;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary>Finds files by a path whose last part may hold <c>*</c>.</summary>
internal static class FilePattern
{
    /// <summary>Finds files.</summary>
    /// <param name="pattern">A full path.</param>
    /// <param name="anywhereBelow">Whether, when there is none, folders below are searched for the same name.</param>
    /// <returns>The files, possibly none.</returns>
    public static string[] Match(string pattern, bool anywhereBelow)
    {
        string folder = Path.GetDirectoryName(pattern)!;
        string name = Path.GetFileName(pattern);
        if (!Directory.Exists(folder))
        {
            return [];
        }

        string[] files = Directory.GetFiles(folder, name);
        return files.Length > 0 || !anywhereBelow ? files : Directory.GetFiles(folder, name, SearchOption.AllDirectories);
    }
}
