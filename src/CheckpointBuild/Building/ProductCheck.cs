using System.IO;
using System.Threading;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>Holds a product's files against its report.</summary>
public static class ProductCheck
{
    /// <summary>Looks for the first file that is not what the report says.</summary>
    /// <param name="directory">Where the product lies.</param>
    /// <param name="report">Its report.</param>
    /// <param name="cancellation">Looked at between pieces of files.</param>
    /// <returns>What is wrong, or null when every size and hash is right.</returns>
    public static string? FirstFault(string directory, BuildReport report, CancellationToken cancellation = default)
    {
        System.ArgumentNullException.ThrowIfNull(report);
        foreach (BuiltFile file in report.Outputs)
        {
            var info = new FileInfo(Path.Combine(directory, file.Path));
            if (!info.Exists)
            {
                return $"'{file.Path}' is missing";
            }

            if (info.Length != file.Length)
            {
                return $"'{file.Path}' has {info.Length} bytes, its report says {file.Length}";
            }

            if (file.Sha256 is not null && FileDigest.Sha256(info.FullName, cancellation) is var found && found != file.Sha256)
            {
                return $"'{file.Path}' has SHA-256 {found}, its report says {file.Sha256}";
            }
        }

        return null;
    }
}
