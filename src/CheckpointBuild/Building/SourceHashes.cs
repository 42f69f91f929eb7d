using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>Hashes of source files, remembered per user: a file whose path, length and time are as they were is not read again.</summary>
/// <remarks>One small text file per source path, replaced in one step, so that any number of processes may use the table at once. A table that cannot be written is no error: the next build hashes again.</remarks>
public sealed class SourceHashes
{
    private readonly string? _folder;

    /// <summary>Opens the table.</summary>
    /// <param name="folder">Its folder; null = nothing is remembered.</param>
    public SourceHashes(string? folder) => _folder = folder;

    /// <summary>The path of something else that is kept beside the hashes.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The path, or null where nothing is remembered.</returns>
    internal string? PathOf(string name) => _folder is null ? null : Path.Combine(_folder, name);

    /// <summary>The SHA-256 of a file.</summary>
    /// <param name="path">Its full path; links are followed, so that a cache of links is remembered by its contents' files.</param>
    /// <param name="source">The same file, open: what is hashed is what is read later.</param>
    /// <param name="trust">Whether what is remembered may be used.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <returns>64 hex digits in lower case.</returns>
    public string Sha256(string path, ByteSource source, HashTrust trust, CancellationToken cancellation)
    {
        if (source is MemorySource)
        {
            return FileDigest.Sha256(source, cancellation);
        }

        string real = Real(path);
        string stamp = Stamp(real);
        string? entry = EntryOf(real);
        if (entry is not null && trust == HashTrust.Remembered && Remembered(entry, stamp) is { } known)
        {
            return known;
        }

        string hash = FileDigest.Sha256(source, cancellation);

        // A file that changes while it is hashed must not be remembered under its new time.
        if (entry is not null && Stamp(real) == stamp)
        {
            Remember(entry, $"{stamp} {hash} {real}\n");
        }

        return hash;
    }

    /// <summary>Remembers a hash that was computed while the file arrived.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="sha256">64 hex digits in lower case.</param>
    internal void Keep(string path, string sha256)
    {
        string real = Real(path);
        if (EntryOf(real) is { } entry && File.Exists(real))
        {
            Remember(entry, $"{Stamp(real)} {sha256} {real}\n");
        }
    }

    /// <summary>Length and time of a file, links followed.</summary>
    /// <param name="path">Its full path.</param>
    /// <returns>A text that changes when either does, or when the file goes.</returns>
    internal static string StampOf(string path)
    {
        string real = Real(path);
        return File.Exists(real) ? Stamp(real) : "gone";
    }

    private string? EntryOf(string real) => _folder is null ? null : Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(real)))[..32]);

    private static string Real(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static string Stamp(string path)
    {
        var info = new FileInfo(path);
        return string.Create(CultureInfo.InvariantCulture, $"{info.Length} {info.LastWriteTimeUtc.Ticks}");
    }

    private static string? Remembered(string entry, string stamp)
    {
        try
        {
            string[] parts = File.ReadAllText(entry).Split(' ', 4);
            return parts.Length == 4 && $"{parts[0]} {parts[1]}" == stamp && parts[2].Length == 64 ? parts[2] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Remember(string entry, string line)
    {
        string temporary = $"{entry}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(entry)!);
            File.WriteAllText(temporary, line);
            File.Move(temporary, entry, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing is lost but the time of hashing again.
        }
    }
}
