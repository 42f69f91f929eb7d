using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>SHA-256 as the tool writes it: lower-case hexadecimal.</summary>
internal static class Sha256Text
{
    /// <summary>The hash of a file's bytes.</summary>
    internal static string OfFile(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        using SHA256 hash = SHA256.Create();
        return Of(hash.ComputeHash(file));
    }

    /// <summary>The hash of a text in UTF-8.</summary>
    internal static string OfText(string text)
    {
        using SHA256 hash = SHA256.Create();
        return Of(hash.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The text of a hash.</summary>
    internal static string Of(byte[] hash)
    {
        StringBuilder text = new(2 * hash.Length);
        foreach (byte b in hash)
        {
            text.Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
