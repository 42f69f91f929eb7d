using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Acquisition;

/// <summary>One repository's place in the shared cache, laid out as the official client does.</summary>
/// <remarks>
/// <code>
/// hub/CACHEDIR.TAG
/// hub/.locks/models--org--name/&lt;etag&gt;.lock
/// hub/models--org--name/refs/&lt;revision&gt;              the commit, 40 hex digits without a line end
///                       blobs/&lt;etag&gt;                 contents; what is on its way into the cache lies beside them as *.ckpt.*
///                       snapshots/&lt;commit&gt;/&lt;path&gt;    relative links to ../../blobs/&lt;etag&gt;
///                       trees/&lt;commit&gt;.json          the list of the repository's files
///                       .no_exist/&lt;commit&gt;/&lt;path&gt;    empty: known to be absent
/// </code>
/// Every file is written among the blobs, where no client looks for it, and renamed into its place; nothing is written that is there already, so that a complete cache may be read-only.
/// </remarks>
internal sealed class HubCache
{
    private const string Tag =
        "Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag created by huggingface_hub.\n" +
        "# For information about cache directory tags, see:\n#\thttps://bford.info/cachedir/\n";

    private const string Temporary = ".ckpt.tmp";

    // Longer than any process writes one file without a byte more.
    private static readonly TimeSpan OldAge = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly string _repository;
    private readonly string _locks;
    private readonly bool _useLinks;

    /// <summary>Names a repository's place; nothing is made yet.</summary>
    /// <param name="settings">Where the cache lies.</param>
    /// <param name="repository"><c>org/name</c>.</param>
    public HubCache(HubSettings settings, string repository)
    {
        string folder = "models--" + repository.Replace("/", "--", StringComparison.Ordinal);
        _root = settings.CacheFolder;
        _repository = Path.Combine(_root, folder);
        _locks = Path.Combine(_root, ".locks", folder);
        _useLinks = settings.UseLinks;
    }

    /// <summary>The whole cache's folder.</summary>
    public string Root => _root;

    /// <summary>The folder that gets the files of a commit.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <returns>Its path.</returns>
    public string Snapshot(string commit) => Path.Combine(_repository, "snapshots", commit);

    /// <summary>Where a content lies.</summary>
    /// <param name="identity">What it hashes to.</param>
    /// <returns>The path.</returns>
    public string Blob(ContentIdentity identity) => Path.Combine(_repository, "blobs", identity.Hex);

    /// <summary>The file that is locked while a content is fetched.</summary>
    /// <param name="identity">What it hashes to.</param>
    /// <returns>The path.</returns>
    public string LockFile(ContentIdentity identity) => Path.Combine(_locks, identity.Hex + ".lock");

    /// <summary>What a revision resolved to when it was last asked for.</summary>
    /// <param name="revision">A branch or tag; a commit is itself.</param>
    /// <returns>The commit, or null.</returns>
    public string? Commit(string revision) => IsCommit(revision) ? revision : !HubTree.IsSafe(revision) ? null : ReadText(Ref(revision))?.Trim() is { } text && IsCommit(text) ? text : null;

    /// <summary>Whether a text is a commit: 40 hex digits.</summary>
    /// <param name="revision">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsCommit(string revision) => revision.Length == 40 && ContentIdentity.IsHash(revision);

    /// <summary>Keeps what a revision resolved to.</summary>
    /// <param name="revision">A branch or tag; nothing is kept for a commit.</param>
    /// <param name="commit">40 hex digits.</param>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public void KeepCommit(string revision, string commit)
    {
        if (revision != commit && HubTree.IsSafe(revision) && ReadText(Ref(revision)) != commit)
        {
            Write(Ref(revision), Encoding.ASCII.GetBytes(commit));
        }
    }

    /// <summary>The files of a commit, as they were listed before.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <returns>The files, or null.</returns>
    public ImmutableArray<HubFile>? Tree(string commit) => ReadBytes(TreeFile(commit)) is { } json ? HubTree.Read(json) : null;

    /// <summary>The files of a commit that are there, each with what its content is called.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <returns>The files in ordinal order of paths.</returns>
    public ImmutableArray<HubFile> Present(string commit)
    {
        string folder = Snapshot(commit);
        return !Directory.Exists(folder) ? [] :
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => LengthOf(f) >= 0)
                .Select(f => Describe(f, Path.GetRelativePath(folder, f).Replace('\\', '/'))).OrderBy(f => f.Path, StringComparer.Ordinal),
        ];
    }

    /// <summary>A file of a commit that is there, as it was listed; where no list is kept, as its link says.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="path">Below the repository.</param>
    /// <returns>The file, or null.</returns>
    public HubFile? Found(string commit, string path) => LengthOf(Path.Combine(Snapshot(commit), path)) < 0 ? null
        : Tree(commit)?.FirstOrDefault(f => f.Path == path) ?? Describe(Path.Combine(Snapshot(commit), path), path);

    /// <summary>Keeps the list of a commit's files.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="files">The files.</param>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public void KeepTree(string commit, IEnumerable<HubFile> files) => Write(TreeFile(commit), HubTree.Write(files));

    /// <summary>Whether a file of a commit is there, with the length that it must have.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="path">Below the repository.</param>
    /// <param name="size">Bytes.</param>
    /// <returns>True when it is.</returns>
    public bool Has(string commit, string path, long size) => LengthOf(Path.Combine(Snapshot(commit), path)) == size;

    /// <summary>Marks the cache for backup programs.</summary>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public void WriteTag() => WriteTag(_root, Path.Combine(_root, ".locks"));

    /// <summary>Marks a folder for backup programs.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="beside">A folder on the same disk for the file while it is written.</param>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public static void WriteTag(string folder, string beside)
    {
        string tag = Path.Combine(folder, "CACHEDIR.TAG");
        if (!File.Exists(tag))
        {
            WriteAtomically(tag, Path.Combine(beside, Guid.NewGuid().ToString("N")), Encoding.ASCII.GetBytes(Tag));
        }
    }

    /// <summary>Deletes what killed processes left and nobody goes on with: files on their way to a place, and partial contents under a name of one process.</summary>
    public void RemoveLeftovers()
    {
        string blobs = Path.Combine(_repository, "blobs");
        if (!Directory.Exists(blobs))
        {
            return;
        }

        foreach (string left in Directory.EnumerateFiles(blobs, "*.ckpt.*").Where(f => IsLeftover(new FileInfo(f))))
        {
            try
            {
                File.Delete(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It costs space and is in nobody's way.
            }
        }
    }

    /// <summary>Whether a file among the contents belongs to one process alone, which has not written to it for a long time.</summary>
    /// <param name="file">The file.</param>
    /// <returns>False for contents, and for partial contents that the next process goes on with.</returns>
    public static bool IsLeftover(FileInfo file) => IsOfOneProcess(file.Name) && DateTime.UtcNow - file.LastWriteTimeUtc > OldAge;

    /// <summary>Whether a file among the contents belongs to one process alone.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True for <c>GUID.ckpt.tmp</c> and <c>ETAG.GUID.ckpt.*</c>.</returns>
    public static bool IsOfOneProcess(string name) => name.EndsWith(Temporary, StringComparison.Ordinal) || (name.Contains(".ckpt.", StringComparison.Ordinal) && name.Split('.')[1] != "ckpt");

    /// <summary>Puts a content into a commit's folder under its name: a relative link, or a copy where links are impossible. The caller holds the content's lock.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="path">Below the repository.</param>
    /// <param name="identity">The content, which is there.</param>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public void Point(string commit, string path, ContentIdentity identity)
    {
        string place = Path.Combine(Snapshot(commit), path);
        string blob = Blob(identity);
        string target = Path.GetRelativePath(Path.GetDirectoryName(place)!, blob);
        if (new FileInfo(place).LinkTarget == target)
        {
            return;
        }

        string temporary = NewTemporary();
        try
        {
            if (!_useLinks || !TryLink(temporary, target))
            {
                File.Copy(blob, temporary);
            }

            MoveInto(temporary, place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(place, e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Whether commits' folders get links; where they get copies, a file takes its size twice.</summary>
    /// <returns>True when they do.</returns>
    public bool MakesLinks()
    {
        if (!_useLinks || !OperatingSystem.IsWindows())
        {
            return _useLinks;
        }

        // A right that users may lack: whoever has it has it everywhere.
        string probe = NewTemporary();
        Directory.CreateDirectory(Path.GetDirectoryName(probe)!);
        bool works = TryLink(probe, "nowhere");
        File.Delete(probe);
        return works;
    }

    /// <summary>Makes the folder of a commit, for files that are not there yet.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be made.</exception>
    public void MakeSnapshot(string commit)
    {
        try
        {
            Directory.CreateDirectory(Snapshot(commit));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(Snapshot(commit), e);
        }
    }

    /// <summary>Remembers that a commit has no such file, and which commit a revision is; a cache that cannot be written costs a question the next time.</summary>
    /// <param name="revision">What was asked for.</param>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="path">Below the repository.</param>
    public void KeepAbsence(string revision, string commit, string path)
    {
        string place = Path.Combine(_repository, ".no_exist", commit, path);
        try
        {
            if (!File.Exists(place))
            {
                Write(place, []);
            }

            KeepCommit(revision, commit);
        }
        catch (CheckpointException)
        {
            // What matters is that the file is absent.
        }
    }

    /// <summary>Length of a file, links followed.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Bytes; -1 where there is none, or a link leads nowhere.</returns>
    public static long LengthOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            FileSystemInfo? end = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true);
            return end is FileInfo { Exists: true } real ? real.Length : -1;
        }
        catch (IOException)
        {
            return -1;
        }
    }

    /// <summary>Writes a small file in one step.</summary>
    /// <param name="path">The file.</param>
    /// <param name="temporary">A path on the same disk, gone afterwards.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public static void WriteAtomically(string path, string temporary, ReadOnlySpan<byte> bytes)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
            Disk.Replace(path, temporary, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(path, e);
        }
    }

    private void Write(string path, ReadOnlySpan<byte> bytes) => WriteAtomically(path, NewTemporary(), bytes);

    private string NewTemporary() => Path.Combine(_repository, "blobs", Guid.NewGuid().ToString("N") + Temporary);

    // A commit's folder may be deleted by somebody who cleans up just when it was made.
    private static void MoveInto(string temporary, string place)
    {
        for (int tries = 3; ; tries--)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                File.Move(temporary, place, overwrite: true);
                return;
            }
            catch (DirectoryNotFoundException) when (tries > 1)
            {
            }
        }
    }

    private static HubFile Describe(string file, string path)
    {
        string content = Path.GetFileName(new FileInfo(file).LinkTarget ?? "");
        bool isKnown = ContentIdentity.IsHash(content);
        return new HubFile(path, LengthOf(file), isKnown && content.Length == 40 ? content : HubFile.UnknownBlob) { LfsSha256 = isKnown && content.Length == 64 ? content : null };
    }

    private string Ref(string revision) => Path.Combine(_repository, "refs", revision);

    private string TreeFile(string commit) => Path.Combine(_repository, "trees", commit + ".json");

    private static bool TryLink(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, target);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? ReadText(string path) => ReadBytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Reads a small file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its bytes; null where it cannot be read.</returns>
    public static byte[]? ReadBytes(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
