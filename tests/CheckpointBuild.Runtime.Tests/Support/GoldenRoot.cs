using System;
using System.IO;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>Where golden data lies: <c>CHECKPOINTBUILD_GOLDEN</c>, else <c>../shared/golden</c> beside the checkout, else the lean copy in the fixtures.</summary>
internal static class GoldenRoot
{
    /// <summary>The folder of a topic.</summary>
    /// <param name="topic">For instance <c>doc-llama</c>.</param>
    /// <returns>Its path, or null where the root has no such topic.</returns>
    public static string? Find(string topic)
    {
        string path = Path.Combine(Root(), topic);
        return Directory.Exists(path) ? path : null;
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("CHECKPOINTBUILD_GOLDEN") is { Length: > 0 } stated)
        {
            return stated;
        }

        string checkout = Checkout();
        string shared = Path.Combine(checkout, "..", "shared", "golden");
        return Directory.Exists(shared) ? shared : Path.Combine(checkout, "tests", "Fixtures");
    }

    private static string Checkout()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests do not run inside a checkout.");
    }
}
