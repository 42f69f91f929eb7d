using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;

namespace CheckpointBuild.Package.Tests.FakeWorker;

/// <summary>Plays the tool for the tests of the tasks: the metadata <c>Engine</c> of the first item names what it does (<see cref="Scenes"/>).</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // A grandchild of the scene "orphan": holds the inherited pipes open and does nothing.
        if (arguments is ["sleep"])
        {
            Thread.Sleep(Timeout.Infinite);
        }

        using FileStream file = File.OpenRead(arguments[2]);
        using JsonDocument request = JsonDocument.Parse(file);
        using StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(false)) { NewLine = "\n", AutoFlush = true };
        RecordRun(request.RootElement);
        string scene = request.RootElement.GetProperty("items")[0].GetProperty("metadata").TryGetProperty("Engine", out JsonElement engine) ? engine.GetString()! : "gguf";
        return new Scenes(request.RootElement, output).Play(scene);
    }

    // One line a run, beside the store: what tests count to know whether the tool was started.
    private static void RecordRun(JsonElement request)
    {
        string store = Scenes.StoreOf(request);
        Directory.CreateDirectory(store);
        File.AppendAllText(Path.Combine(store, "runs.txt"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
    }
}
