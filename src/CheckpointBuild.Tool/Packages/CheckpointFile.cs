using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tool.Packages;

/// <summary>Length and hash of a file that is packed; links are followed.</summary>
internal static class CheckpointFile
{
    /// <summary>The length.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Bytes.</returns>
    public static long Length(string path)
    {
        using var source = new FileSource(path);
        return source.Length;
    }

    /// <summary>The hash.</summary>
    /// <param name="path">The file.</param>
    /// <returns>64 hex digits in lower case.</returns>
    public static string Sha256(string path) => FileDigest.Sha256(path, CancellationToken.None);
}
