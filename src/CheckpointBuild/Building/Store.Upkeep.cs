using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <content>What a store holds, whether it is sound, and making it smaller.</content>
public sealed partial class Store
{
    private const string TemporaryFolder = "tmp";
    private const string UsesFolder = "uses";
    private const string AsideExtension = ".old";
    private const int KeyDigits = 64;

    /// <summary>How long an entry stays after it was last wanted: whoever was just told of it still copies from it.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>The store's folder, with its layout's number.</summary>
    public string Root => _root;

    /// <summary>Lists the products, those used last first.</summary>
    /// <returns>An entry for each, readable or not.</returns>
    public ImmutableArray<StoredProduct> List() =>
        [.. EntryFolders().Select(Describe).OrderByDescending(p => p.LastUse).ThenBy(p => p.Key, StringComparer.Ordinal)];

    /// <summary>Holds an entry against its report.</summary>
    /// <param name="product">The entry.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? FaultOf(StoredProduct product)
    {
        ArgumentNullException.ThrowIfNull(product);
        try
        {
            BuildReport report = BuildReport.Read(Path.Combine(product.Directory, BuildReport.FileName));
            return report.Key != product.Key ? "its report is of another key" : ProductCheck.FirstFault(product.Directory, report);
        }
        catch (CheckpointException e)
        {
            return e.Message;
        }
    }

    /// <summary>Removes the products that were used longest ago until the rest fits, and what killed builds left. An entry that a build works on, or was told of minutes ago, stays.</summary>
    /// <param name="mostBytes">Bytes that may stay; null = only leftovers go.</param>
    /// <returns>The products that were removed.</returns>
    public ImmutableArray<StoredProduct> Collect(long? mostBytes)
    {
        RemoveLeftovers();
        ImmutableArray<StoredProduct> products = List();
        long kept = products.Sum(p => p.Bytes);
        var removed = ImmutableArray.CreateBuilder<StoredProduct>();
        foreach (StoredProduct product in products.Reverse())
        {
            if (mostBytes is { } most && kept > most && product.LastUse < DateTime.UtcNow - Grace && TryRemove(product))
            {
                kept -= product.Bytes;
                removed.Add(product);
            }
        }

        ForgetTensorsOfNobody();
        return removed.ToImmutable();
    }

    /// <summary>Removes one product unless a build works on it right now.</summary>
    /// <param name="product">The product.</param>
    /// <returns>Whether it was removed.</returns>
    public bool TryRemove(StoredProduct product)
    {
        ArgumentNullException.ThrowIfNull(product);
        using FileStream? guard = TryLock(product.Key);
        if (guard is null)
        {
            return false;
        }

        // Renamed first: what is half deleted never lies under a key.
        string aside = Path.Combine(MakeDirectory(TemporaryFolder), product.Key + AsideExtension);
        RemoveDirectory(aside);
        MoveDirectory(product.Directory, aside);
        RemoveDirectory(aside);
        File.Delete(Path.Combine(_root, UsesFolder, product.Key));
        return true;
    }

    // When an entry was last wanted; a store that cannot be written serves all the same.
    private void MarkUse(string key)
    {
        string path = Path.Combine(_root, UsesFolder, key);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, []);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    // Builds that were killed leave their staging folders; whoever still works on one holds its key's lock.
    private void RemoveLeftovers()
    {
        string temporary = Path.Combine(_root, TemporaryFolder);
        foreach (string folder in Directory.Exists(temporary) ? Directory.GetDirectories(temporary) : [])
        {
            using FileStream? guard = TryLock(Path.GetFileNameWithoutExtension(folder));
            if (guard is not null)
            {
                TryDelete(() => Directory.Delete(folder, recursive: true));
            }
        }

        foreach (string file in Directory.Exists(HashFolder) ? Directory.GetFiles(HashFolder, "*.tmp") : [])
        {
            if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow - Grace)
            {
                TryDelete(() => File.Delete(file));
            }
        }
    }

    // Somebody else's leftovers may be somebody else's to delete; they harm nobody.
    private static void TryDelete(Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private FileStream? TryLock(string key)
    {
        try
        {
            return OpenLock(key);
        }
        catch (IOException e) when (Disk.IsHeldByAnother(e))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.StoreNotWritable(_root, e);
        }
    }

    private FileStream OpenLock(string key) => new(Path.Combine(MakeDirectory("locks"), key), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private IEnumerable<string> EntryFolders() =>
        Directory.Exists(_root) ? Directory.GetDirectories(_root).Where(d => IsKey(Path.GetFileName(d))) : [];

    private StoredProduct Describe(string folder)
    {
        string key = Path.GetFileName(folder);
        string use = Path.Combine(_root, UsesFolder, key);
        DateTime lastUse = File.Exists(use) ? File.GetLastWriteTimeUtc(use) : Directory.GetLastWriteTimeUtc(folder);
        long bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        try
        {
            BuildReport report = BuildReport.Read(Path.Combine(folder, BuildReport.FileName));
            return new StoredProduct(key, folder, report.Recipe.EngineName ?? report.CheckpointName, report.Recipe.Engine, bytes, lastUse);
        }
        catch (CheckpointException)
        {
            return new StoredProduct(key, folder, null, null, bytes, lastUse);
        }
    }
}
