using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Files go into a folder of the user's under their own names; what is known about them stands in <c>.cache/huggingface</c> in it, as the official client keeps it.</summary>
/// <remarks><c>.cache/huggingface/download/&lt;path&gt;.metadata</c> has three lines: commit, entity tag, and seconds since 1970 when it was written. A file that is younger than that was changed by the user.</remarks>
internal sealed class FolderTarget : IFetchTarget
{
    // What official clients allow between the clock of the file system and their own.
    private const double ClockTolerance = 1;
    private readonly string _folder;
    private readonly string _state;
    private readonly ContentDownload _download;

    /// <summary>Names a folder.</summary>
    /// <param name="folder">Its full path.</param>
    /// <param name="download">Fetches contents.</param>
    public FolderTarget(string folder, ContentDownload download)
    {
        _folder = folder;
        _state = Path.Combine(folder, ".cache", "huggingface");
        _download = download;
    }

    /// <inheritdoc/>
    public ImmutableArray<HubFile>? Tree(string commit) => HubCache.ReadBytes(TreeFile(commit)) is { } json ? HubTree.Read(json) : null;

    /// <inheritdoc/>
    public ImmutableArray<HubFile> Present(string commit) => [];

    /// <inheritdoc/>
    public void KeepTree(string commit, IReadOnlyList<HubFile> files) => Write(TreeFile(commit), HubTree.Write(files));

    /// <inheritdoc/>
    public bool Has(string commit, WantedFile file) => HubCache.LengthOf(PathOf(commit, file.Path)) == file.Size && file.Identity is { } identity && IsKnown(file.Path, commit, identity);

    /// <inheritdoc/>
    public string PathOf(string commit, string path) => Path.Combine(_folder, path);

    /// <inheritdoc/>
    public (long Transferred, long Written) Cost(IEnumerable<WantedFile> files)
    {
        long left = files.Sum(f => f.Identity is { } identity ? PartialFile.Left(Beside(f.Path), identity, f.Size) : f.Size);
        return (left, left);
    }

    /// <inheritdoc/>
    public void Prepare(long bytes)
    {
        FreeSpace.Require(_folder, bytes, _download.FreeBytes);
        HubCache.WriteTag(_state, _state);
        if (!File.Exists(Path.Combine(_state, ".gitignore")))
        {
            Write(Path.Combine(_state, ".gitignore"), "*"u8);
        }
    }

    /// <inheritdoc/>
    public async Task FetchAsync(RemoteFile remote, Action<long> progress, CancellationToken cancellation)
    {
        string path = remote.Subject.File!;
        string place = Path.Combine(_folder, path);
        string beside = Beside(path);
        using CacheLock one = await CacheLock.TakeAsync(beside + ".lock", cancellation);
        if (HubCache.LengthOf(place) == remote.Size && (remote.Identity.IsSha256 || IsKnown(path, null, remote.Identity)) && ContentHash.Of(place, remote.Identity, cancellation) == remote.Identity.Hex)
        {
            progress(remote.Size);
        }
        else
        {
            MakeFolder(Path.GetDirectoryName(place)!);
            await _download.FetchAsync(remote, new ContentPlace(one, beside, place), progress, cancellation);
        }

        double now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        Write(beside + ".metadata", Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{remote.Commit}\n{remote.Identity.Hex}\n{now}\n")));
    }

    private string Beside(string path) => Path.Combine(_state, "download", path);

    private static void Write(string path, ReadOnlySpan<byte> bytes) => HubCache.WriteAtomically(path, $"{path}.{Guid.NewGuid():N}.tmp", bytes);

    private string TreeFile(string commit) => Path.Combine(_state, "trees", commit + ".json");

    private bool IsKnown(string path, string? commit, ContentIdentity identity)
    {
        try
        {
            string[] lines = File.ReadAllLines(Path.Combine(_state, "download", path + ".metadata"));
            return lines.Length >= 3 && (commit is null || lines[0] == commit) && lines[1] == identity.Hex
                && double.TryParse(lines[2], CultureInfo.InvariantCulture, out double written)
                && (File.GetLastWriteTimeUtc(Path.Combine(_folder, path)) - DateTime.UnixEpoch).TotalSeconds - ClockTolerance <= written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(folder, e);
        }
    }
}
