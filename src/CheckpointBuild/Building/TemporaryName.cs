using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace CheckpointBuild.Building;

/// <summary>Names of files that are not whole yet: <c>NAME.PROCESS.RANDOM.tmp</c> beside their target. The process number tells what a killed build left from what a running one writes.</summary>
internal static class TemporaryName
{
    private const string Extension = ".tmp";
    private const int RandomDigits = 16;

    /// <summary>A new name beside a file.</summary>
    /// <param name="target">The file's full path.</param>
    /// <returns>A full path that nobody else uses.</returns>
    public static string Beside(string target) => string.Create(CultureInfo.InvariantCulture, $"{target}.{Environment.ProcessId}.{Guid.NewGuid().ToString("N")[..RandomDigits]}{Extension}");

    /// <summary>Removes what builds that are no longer alive left beside a file.</summary>
    /// <param name="target">The file's full path.</param>
    public static void RemoveAbandoned(string target)
    {
        foreach (string path in Directory.EnumerateFiles(Path.GetDirectoryName(target)!, "*" + Extension))
        {
            if (path.StartsWith(target + '.', StringComparison.Ordinal) && OwnerOf(path[(target.Length + 1)..]) is { } owner && !IsRunning(owner))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Removes the folders of such names that builds which are no longer alive left beside a path.</summary>
    /// <param name="target">The full path without the name's end.</param>
    public static void RemoveAbandonedFolders(string target)
    {
        foreach (string path in Directory.EnumerateDirectories(Path.GetDirectoryName(target)!, "*" + Extension))
        {
            if (path.StartsWith(target + '.', StringComparison.Ordinal) && OwnerOf(path[(target.Length + 1)..]) is { } owner && !IsRunning(owner))
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    private static int? OwnerOf(string rest) =>
        rest.Split('.') is [var process, { Length: RandomDigits }, "tmp"] && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;

    private static bool IsRunning(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It is there and belongs to somebody else.
            return true;
        }
    }
}
