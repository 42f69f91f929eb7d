using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Package.Tests;

/// <summary>Looks at processes that a test started, by their number.</summary>
internal static class TestProcess
{
    internal static bool IsRunning(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    internal static void Kill(int id)
    {
        using Process process = Process.GetProcessById(id);
        process.Kill();
    }

    /// <summary>The numbers of all processes, on a system that lists them as files; elsewhere none.</summary>
    internal static int[] All() => Directory.Exists("/proc")
        ? [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))]
        : [];

    /// <summary>The arguments of a process; empty when it has ended.</summary>
    internal static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/cmdline").Replace('\0', ' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
