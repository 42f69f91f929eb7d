using System;
using System.Diagnostics;

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
}
