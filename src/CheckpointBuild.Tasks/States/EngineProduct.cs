using System.Collections.Generic;
using System.IO;

namespace CheckpointBuild.Tasks.States;

/// <summary>What the tool made for one checkpoint: an immutable entry of the store and the files in it.</summary>
/// <param name="key">The content key.</param>
/// <param name="fromStore">Whether the entry was there already.</param>
/// <param name="directory">The entry's folder.</param>
/// <param name="bytes">Size of the engine in bytes.</param>
/// <param name="seconds">How long it took.</param>
internal sealed class EngineProduct(string key, bool fromStore, string directory, long bytes, double seconds)
{
    private readonly List<EngineFile> _files = [];

    /// <summary>The content key.</summary>
    internal string Key { get; } = key;

    /// <summary>Whether the entry was there already.</summary>
    internal bool FromStore { get; } = fromStore;

    /// <summary>The entry's folder.</summary>
    internal string Directory { get; } = directory;

    /// <summary>Size of the engine in bytes.</summary>
    internal long Bytes { get; } = bytes;

    /// <summary>How long it took, in seconds.</summary>
    internal double Seconds { get; } = seconds;

    /// <summary>The engine's files.</summary>
    internal IReadOnlyList<EngineFile> Files => _files;

    /// <summary>Adds a file that the tool announced.</summary>
    internal void Add(EngineFile file) => _files.Add(file);

    /// <summary>Whether every file still lies in the store with its recorded size.</summary>
    internal bool IsComplete()
    {
        foreach (EngineFile file in _files)
        {
            FileInfo found = new(file.FullPath);
            if (!found.Exists || found.Length != file.Size)
            {
                return false;
            }
        }

        return _files.Count > 0;
    }
}
