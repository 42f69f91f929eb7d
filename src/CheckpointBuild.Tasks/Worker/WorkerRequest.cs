using System.Collections.Generic;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>What a task asks of the tool: one JSON file below <c>obj/</c>, because paths and options do not fit a command line.</summary>
/// <param name="task">The task's name.</param>
/// <param name="store">Full path of the store; empty for the user's own.</param>
/// <param name="fallbackStore">Full path of the store to use where the user has no folder for one.</param>
internal sealed class WorkerRequest(string task, string store, string fallbackStore)
{
    private const int Protocol = 1;

    /// <summary>Whether the tool must do without the network.</summary>
    internal bool Offline { get; set; }

    /// <summary>Whether the tool must build again what the store has.</summary>
    internal bool Force { get; set; }

    /// <summary>Whether the tool must read every source byte again, whatever sizes and times say.</summary>
    internal bool Verify { get; set; }

    /// <summary>Full path of the lock file that says what named models are.</summary>
    internal string LockFile { get; set; } = string.Empty;

    /// <summary>Full path of what the project's own restore chose.</summary>
    internal string AssetsFile { get; set; } = string.Empty;

    /// <summary>Whether only the lock file says what a name is.</summary>
    internal bool Locked { get; set; }

    /// <summary>Whether every name is resolved anew.</summary>
    internal bool UpdateLock { get; set; }

    /// <summary>Whether these are all items of the project that name a model.</summary>
    internal bool Whole { get; set; }

    /// <summary>Full paths of plug-ins: assemblies, or folders that hold one each.</summary>
    internal IReadOnlyList<string> Plugins { get; set; } = [];

    /// <summary>Whether keys are all that is wanted.</summary>
    internal bool Plan { get; set; }

    /// <summary>The most threads that build, as text; empty for every processor's.</summary>
    internal string MaxParallelism { get; set; } = string.Empty;

    /// <summary>Writes the request for some checkpoints; their index here is the item number in everything that the tool answers.</summary>
    internal void Write(string path, IEnumerable<CheckpointItem> checkpoints)
    {
        JsonText json = new();
        json.Open('{').Name("protocol").Value(Protocol).Name("task").Value(task);
        json.Name("store").Value(store).Name("fallbackStore").Value(fallbackStore);
        json.Name("offline").Value(Offline).Name("force").Value(Force).Name("verify").Value(Verify);
        json.Name("lockFile").Value(LockFile).Name("assetsFile").Value(AssetsFile).Name("locked").Value(Locked).Name("updateLock").Value(UpdateLock).Name("whole").Value(Whole);
        json.Name("plan").Value(Plan).Name("maxParallelism").Value(MaxParallelism);
        json.Name("plugins").Open('[');
        foreach (string plugin in Plugins)
        {
            json.Value(plugin);
        }

        json.Close(']').Name("items").Open('[');
        foreach (CheckpointItem checkpoint in checkpoints)
        {
            json.Open('{').Name("source").Value(checkpoint.Source).Name("engineName").Value(checkpoint.EngineName);
            json.Name("name").Value(checkpoint.CarriedName).Name("metadata").Open('{');
            foreach (KeyValuePair<string, string> pair in checkpoint.Metadata)
            {
                json.Name(pair.Key).Value(pair.Value);
            }

            json.Close('}').Close('}');
        }

        json.Close(']').Close('}');
        Directory.CreateDirectory(Path.GetDirectoryName(path));
        File.WriteAllText(path, json + "\n", new UTF8Encoding(false));
    }
}
