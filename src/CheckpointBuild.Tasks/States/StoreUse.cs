using System;
using System.IO;

namespace CheckpointBuild.Tasks.States;

/// <summary>Tells the store that an engine is still wanted. A build that finds everything up to date never asks the tool, and what nobody wants goes first when the store is made smaller.</summary>
internal static class StoreUse
{
    private const string Folder = "uses";

    // Rare enough to cost nothing, often enough for a store that is emptied by the week.
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>Renews the time of an engine's last use once a day; a store that cannot be written is as good.</summary>
    internal static void Renew(EngineProduct product)
    {
        string path = Path.Combine(Path.GetDirectoryName(product.Directory) ?? string.Empty, Folder, product.Key);
        try
        {
            if (File.Exists(path) && DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > Interval)
            {
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
