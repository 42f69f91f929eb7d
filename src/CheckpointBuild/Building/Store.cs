using System;
using System.IO;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>Products by content key: <c>&lt;root&gt;/v1/&lt;key&gt;/</c>. An entry is staged beside its place, flushed, and renamed into it under a lock, so that it is whole or not there; one build serves all who want it.</summary>
public sealed partial class Store
{
    private const string Layout = "v1";
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(50);
    private readonly string _root;

    /// <summary>Names a store; nothing is made yet.</summary>
    /// <param name="root">Its folder.</param>
    public Store(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = Path.Combine(Path.GetFullPath(root), Layout);
    }

    /// <summary>The store of the user who runs this: the cache folder of the platform, or null where there is no usable home.</summary>
    public static string? DefaultRoot
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
                : !string.IsNullOrEmpty(cache) && Path.IsPathRooted(cache) ? cache
                : home.Length > 0 ? Path.Combine(home, ".cache") : "";
            return cache.Length > 0 ? Path.Combine(cache, "checkpointbuild") : null;
        }
    }

    /// <summary>Where hashes of source files are remembered.</summary>
    public string HashFolder => Path.Combine(_root, "hashes");

    /// <summary>Whether a product is there, judged by its report alone: nothing is hashed.</summary>
    /// <param name="key">Its content key.</param>
    /// <returns>The product's folder, or null.</returns>
    public string? PlaceOf(string key) => File.Exists(Path.Combine(_root, key, BuildReport.FileName)) ? Path.Combine(_root, key) : null;

    /// <summary>Finds a product or builds it.</summary>
    /// <param name="build">What is wanted.</param>
    /// <param name="options">How it is built where it is not there.</param>
    /// <param name="use">Whether an entry that is there may be used, and whether hashes are believed.</param>
    /// <param name="warn">Receives what was noticed about the store itself.</param>
    /// <param name="cancellation">Looked at while waiting and between bands.</param>
    /// <returns>The entry, verified.</returns>
    public StoreEntry GetOrBuild(EngineBuild build, BuilderOptions options, StoreUse use, Action<Diagnostic> warn, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(build);
        HashTrust trust = use == StoreUse.Normal ? HashTrust.Remembered : HashTrust.ReadAgain;
        string key = build.Key(trust, cancellation);
        string place = Path.Combine(_root, key);
        if (use != StoreUse.Rebuild && Find(place, key, _ => { }) is { } found)
        {
            MarkUse(key);
            return found;
        }

        using FileStream guard = Lock(key, cancellation);
        if (use != StoreUse.Rebuild && Find(place, key, warn) is { } builtMeanwhile)
        {
            MarkUse(key);
            return builtMeanwhile;
        }

        string staging = Path.Combine(_root, TemporaryFolder, key);
        RemoveDirectory(staging);
        RemoveLeftovers();
        BuildReport report = build.Run(staging, options, trust, use == StoreUse.Rebuild ? static _ => null : FindTensors, cancellation);
        string aside = Path.Combine(_root, TemporaryFolder, key + AsideExtension);
        RemoveDirectory(aside);
        if (Directory.Exists(place))
        {
            MoveDirectory(place, aside);
        }

        MoveDirectory(staging, place);
        RemoveDirectory(aside);
        Disk.Flush(_root);
        RememberTensors(report);
        MarkUse(key);
        return new StoreEntry(place, report, WasThere: false);
    }

    // An entry travels (caches of build servers, images), so that its presence proves little: sizes and hashes are held against its report each time it is used.
    private static StoreEntry? Find(string place, string key, Action<Diagnostic> warn)
    {
        string path = Path.Combine(place, BuildReport.FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var entry = new StoreEntry(place, BuildReport.Read(path), WasThere: true);
            if (entry.Report.Key == key && ProductCheck.FirstFault(entry.Directory, entry.Report) is not { } fault)
            {
                return entry;
            }

            warn(Errors.StoreEntryDamaged(place, entry.Report.Key == key ? ProductCheck.FirstFault(entry.Directory, entry.Report)! : "its report is of another key"));
        }
        catch (CheckpointException e)
        {
            warn(Errors.StoreEntryDamaged(place, e.Message));
        }

        return null;
    }

    private FileStream Lock(string key, CancellationToken cancellation)
    {
        MakeDirectory(TemporaryFolder);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return OpenLock(key);
            }
            catch (UnauthorizedAccessException e)
            {
                throw Errors.StoreNotWritable(_root, e);
            }
            catch (IOException e) when (!Disk.IsHeldByAnother(e))
            {
                throw Errors.StoreNotWritable(_root, e);
            }
            catch (IOException)
            {
                // Somebody builds the same product: wait for it.
                cancellation.WaitHandle.WaitOne(LockPoll);
            }
        }
    }

    // Apart from the lock itself: a folder that cannot be made never comes free.
    private string MakeDirectory(string name)
    {
        try
        {
            return Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.StoreNotWritable(_root, e);
        }
    }

    private void MoveDirectory(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.StoreNotWritable(_root, e);
        }
    }

    private void RemoveDirectory(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.StoreNotWritable(_root, e);
        }
    }
}
