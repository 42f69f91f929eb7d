using System;
using System.IO;
using System.Threading;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>An empty folder for one test. Deleted with everything in it when it is disposed.</summary>
internal sealed class Scratch : IDisposable
{
    private static int _count;

    /// <summary>Makes the folder.</summary>
    public Scratch()
    {
        Folder = Path.Combine(Path.GetTempPath(), $"checkpointbuild-tests-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Directory.CreateDirectory(Folder);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>A path in the folder.</summary>
    /// <param name="relative">A name, or several joined with '/'.</param>
    /// <returns>The full path.</returns>
    public string PathOf(string relative) => Path.Combine(Folder, relative);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A file that something still holds stays behind in the system's temporary folder.
        }
    }
}
