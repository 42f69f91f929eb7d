using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.States;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>Remembers which content was put where. Size and time alone do not tell one engine from another: a store that was restored may give all of its files one time, and quantized in one way they have one size.</summary>
/// <param name="path">The file that remembers, one line for each place: full path, SHA-256.</param>
internal sealed class PlacementRecord(string path)
{
    private const string FileName = "placed.txt";

    private readonly Dictionary<string, string> _contents = Read(path);
    private bool _changed;

    /// <summary>Where the record of a state folder lies.</summary>
    internal static string PathOf(string stateDirectory) => Path.Combine(stateDirectory, FileName);

    /// <summary>Whether this content is known to have been put there.</summary>
    internal bool Holds(string target, string sha256) => _contents.TryGetValue(target, out string? content) && content.Equals(sha256, StringComparison.Ordinal);

    /// <summary>Remembers what lies at a place now.</summary>
    internal void Add(string target, string sha256)
    {
        _changed |= !Holds(target, sha256);
        _contents[target] = sha256;
    }

    /// <summary>Forgets a place before it is written: whoever is killed on the way leaves no wrong memory.</summary>
    internal void Forget(string target)
    {
        if (_contents.Remove(target))
        {
            _changed = true;
            Write();
        }
    }

    /// <summary>Writes what changed; places whose file is gone are left out.</summary>
    internal void Write()
    {
        if (!_changed)
        {
            return;
        }

        StringBuilder text = new();
        foreach (KeyValuePair<string, string> pair in _contents)
        {
            if (File.Exists(pair.Key))
            {
                text.Append(TabbedLine.Join(pair.Key, pair.Value)).Append('\n');
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path));
        File.WriteAllText(path, text.ToString(), new UTF8Encoding(false));
        _changed = false;
    }

    // What cannot be read is not remembered, which only means that the files are compared.
    private static Dictionary<string, string> Read(string path)
    {
        Dictionary<string, string> contents = new(StringComparer.Ordinal);
        try
        {
            foreach (string line in File.Exists(path) ? TabbedLine.Lines(File.ReadAllText(path, Encoding.UTF8)) : [])
            {
                string[] fields = TabbedLine.Split(line);
                if (fields.Length == 2)
                {
                    contents[fields[0]] = fields[1];
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            contents.Clear();
        }

        return contents;
    }
}
