using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects;

/// <summary>A folder or a single weights file, with the files that were opened in it. Owns them: dispose it when the checkpoint is no longer used.</summary>
public sealed class CheckpointDirectory : IDisposable
{
    private const int MostSmallFileBytes = 256 << 20;
    private readonly Dictionary<string, ByteSource> _open = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _kept = [];
    private readonly Lazy<ImmutableArray<string>> _files;

    private readonly CheckpointLocation _location;

    private CheckpointDirectory(CheckpointLocation location, string path, string folder, string? file)
    {
        _location = location;
        Path = path;
        Folder = folder;
        File = file;
        _files = new(() => [.. List(folder).Where(Holds).Union(Arriving(location).Select(f => f.Name).Where(n => !n.Contains('/', StringComparison.Ordinal))).Order(StringComparer.Ordinal)]);
    }

    /// <summary>The full path that was opened: a folder, or a file.</summary>
    public string Path { get; }

    /// <summary>The folder: <see cref="Path"/>, or the one that the file lies in.</summary>
    public string Folder { get; }

    /// <summary>The name of the file that was opened, or null when a folder was.</summary>
    public string? File { get; }

    /// <summary>What happens when configuration and weights do not fit each other.</summary>
    public SourceTolerance Tolerance { get; init; }

    /// <summary>What the checkpoint is called: the folder's name, or the file's without its extension.</summary>
    public string Name => _location.Name is { } name ? name : File is null ? System.IO.Path.GetFileName(Folder.TrimEnd('/', '\\')) : System.IO.Path.GetFileNameWithoutExtension(File);

    /// <summary>Names of the files in the folder, in ordinal order; of the one file when a file was opened.</summary>
    public ImmutableArray<string> Files => File is null ? _files.Value : [File];

    /// <summary>Names of the files that were opened so far, in ordinal order: what a build depended on.</summary>
    public ImmutableArray<string> OpenedFiles
    {
        get
        {
            lock (_open)
            {
                return [.. _open.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Opens a folder or a single file.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The directory; nothing in it is read yet.</returns>
    /// <exception cref="CheckpointException">CKPT1001 when there is nothing of that name.</exception>
    public static CheckpointDirectory Open(string path) => Open(new CheckpointLocation(path));

    /// <summary>Opens a folder or a single file, of which more is known than its path.</summary>
    /// <param name="location">Where it lies.</param>
    /// <returns>The directory; nothing in it is read yet.</returns>
    /// <exception cref="CheckpointException">CKPT1001 when there is nothing of that name.</exception>
    public static CheckpointDirectory Open(CheckpointLocation location) => Open(location, SourceTolerance.Strict);

    /// <summary>Opens a folder or a single file, of which more is known than its path.</summary>
    /// <param name="location">Where it lies.</param>
    /// <param name="tolerance">What happens when configuration and weights do not fit each other.</param>
    /// <returns>The directory; nothing in it is read yet.</returns>
    /// <exception cref="CheckpointException">CKPT1001 when there is nothing of that name.</exception>
    public static CheckpointDirectory Open(CheckpointLocation location, SourceTolerance tolerance)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentException.ThrowIfNullOrEmpty(location.Path);
        string full = System.IO.Path.GetFullPath(location.Path);
        if (Directory.Exists(full))
        {
            return new CheckpointDirectory(location, full, full, null) { Tolerance = tolerance };
        }

        return System.IO.File.Exists(full) || Arriving(location).Any(f => f.Name == System.IO.Path.GetFileName(full))
            ? new CheckpointDirectory(location, full, System.IO.Path.GetDirectoryName(full)!, System.IO.Path.GetFileName(full)) { Tolerance = tolerance }
            : throw Errors.FileNotFound(full);
    }

    /// <summary>Whether this is a folder inside one that was opened.</summary>
    public bool IsBelow => Above is not null;

    /// <summary>A folder inside this one. Its files are this directory's: what is opened through it is counted and closed here.</summary>
    /// <param name="folder">Its name.</param>
    /// <returns>The folder as a directory of its own; it need not be disposed.</returns>
    public CheckpointDirectory Below(string folder)
    {
        string full = System.IO.Path.Combine(Folder, folder);
        ImmutableArray<ExpectedFile>? files = _location.Files is { } all
            ? [.. all.Where(f => f.Name.StartsWith(folder + "/", StringComparison.Ordinal)).Select(f => f with { Name = f.Name[(folder.Length + 1)..] })]
            : null;
        return Directory.Exists(full)
            ? new CheckpointDirectory(new CheckpointLocation(full) { Name = Name, Files = files, IsReadEachTime = IsReadEachTime }, full, full, null) { Above = this, Tolerance = Tolerance }
            : throw Errors.FileNotFound(full);
    }

    /// <summary>Names of all files in the folder, in ordinal order, also where a single file was opened.</summary>
    public ImmutableArray<string> FolderFiles => _files.Value;

    /// <summary>Whether a file of the folder belongs to the checkpoint.</summary>
    /// <param name="name">Its name below the folder, with '/'.</param>
    /// <returns>True unless the location says which files do, and leaves this one out.</returns>
    public bool Holds(string name) => _location.Files is not { } files || files.Any(f => f.Name == name);

    /// <summary>Whether a file lies in the folder or is on its way to it.</summary>
    /// <param name="name">Its name below the folder, with '/'.</param>
    /// <returns>True when it can be opened.</returns>
    public bool CanOpen(string name) => Arriving(_location).Any(f => f.Name == name) || System.IO.File.Exists(PathOf(name));

    /// <summary>What a file must hash to, where the checkpoint was fetched by name.</summary>
    /// <param name="name">Its name below the folder, with '/'.</param>
    /// <returns>64 hex digits, or null.</returns>
    public string? ExpectedSha256(string name) => _location.Files?.FirstOrDefault(f => f.Name == name)?.Sha256;

    /// <summary>Whether its files are hashed each time that it is built from.</summary>
    internal bool IsReadEachTime => _location.IsReadEachTime;

    /// <summary>Whether a file stands in the folder.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when it does.</returns>
    public bool Has(string name) => Files.Contains(name, StringComparer.Ordinal);

    /// <summary>The full path of a file in the folder.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The path.</returns>
    public string PathOf(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>Opens a file of the folder; it stays open until the directory is disposed.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its bytes.</returns>
    public ByteSource OpenFile(string name)
    {
        if (Above is not null)
        {
            return Above.OpenFile($"{System.IO.Path.GetFileName(Folder)}/{name}");
        }

        lock (_open)
        {
            if (!_open.TryGetValue(name, out ByteSource? source))
            {
                source = Arriving(_location).FirstOrDefault(f => f.Name == name)?.Arriving ?? (ByteSource)new SharedReads(new FileSource(PathOf(name)));
                _open.Add(name, source);
            }

            return source;
        }
    }

    /// <summary>Reads a small file of the folder: configuration, index, tokenizer.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>All of its bytes.</returns>
    /// <exception cref="CheckpointException">CKPT2013 when it is far larger than such files are.</exception>
    public byte[] ReadAll(string name)
    {
        ByteSource source = OpenFile(name);
        return source.Length <= MostSmallFileBytes ? source.ReadBytes(0, (int)source.Length) : throw Errors.SmallFileTooLarge(source.Name, source.Length, MostSmallFileBytes);
    }

    /// <summary>Bytes that were read from the folder's files so far.</summary>
    internal long BytesRead
    {
        get
        {
            lock (_open)
            {
                return (Above?.BytesRead ?? 0) + _open.Values.OfType<SharedReads>().Sum(s => s.BytesRead);
            }
        }
    }

    /// <summary>Says whether bytes that several ask for at nearly the same time are read once.</summary>
    /// <param name="isOn">Whether they are.</param>
    internal void ShareReads(bool isOn)
    {
        Above?.ShareReads(isOn);
        lock (_open)
        {
            foreach (SharedReads source in _open.Values.OfType<SharedReads>())
            {
                source.IsOn = isOn;
            }
        }
    }

    /// <summary>Takes something that must live as long as the checkpoint is used: a connection that tensors read through.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="owned">What is disposed with the directory.</param>
    /// <returns>The same.</returns>
    public T Keep<T>(T owned)
        where T : IDisposable
    {
        lock (_open)
        {
            _kept.Add(owned);
        }

        return owned;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable owned in _kept)
        {
            owned.Dispose();
        }

        _kept.Clear();
        foreach (ByteSource source in _open.Values)
        {
            source.Dispose();
        }

        _open.Clear();
    }

    private CheckpointDirectory? Above { get; init; }

    private static IEnumerable<ExpectedFile> Arriving(CheckpointLocation location) => (location.Files ?? []).Where(f => f.Arriving is not null);

    private static ImmutableArray<string> List(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotRead(folder, e);
        }
    }
}
