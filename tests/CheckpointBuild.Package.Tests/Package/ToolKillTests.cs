using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>SIGKILL of the tool at any moment of its life, many times over one store: an entry is whole or not there, no lock is held, and the next run serves.</summary>
public sealed class ToolKillTests : IDisposable
{
    private const string KillsVariable = "CHECKPOINTBUILD_TOOL_KILLS";
    private const int DefaultKills = 4;
    private const int Seed = 20_240_817;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_tool_killed_at_any_moment_leaves_whole_entries_and_no_lock()
    {
        TimeSpan whole = Run(TimeSpan.FromMinutes(2));
        string right = StrangerFolder.Sha256(Assert.Single(Entries()));
        var random = new Random(Seed);
        int kills = int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : DefaultKills;
        for (int i = 0; i < kills; i++)
        {
            Array.ForEach(Directory.GetDirectories(Path.Combine(Store, "v1")), RemoveEntry);
            Run(whole * random.NextDouble());
            Assert.All(Entries(), engine => Assert.Equal(right, StrangerFolder.Sha256(engine)));
        }

        Run(TimeSpan.FromMinutes(2));
        Assert.Equal(right, StrangerFolder.Sha256(Assert.Single(Entries())));
        Assert.Empty(Directory.GetDirectories(Path.Combine(Store, "v1", "tmp")));
    }

    private string Store => _scratch.Below("store");

    // Engines under a key; what lies in the staging folder is nobody's.
    private string[] Entries() => [.. Directory.GetDirectories(Path.Combine(Store, "v1")).Where(IsEntry).SelectMany(d => Directory.GetFiles(d, "*.gguf"))];

    private static bool IsEntry(string folder) => Path.GetFileName(folder).Length == 64;

    private static void RemoveEntry(string folder)
    {
        if (IsEntry(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private TimeSpan Run(TimeSpan life)
    {
        string request = _scratch.Below("request.json");
        File.WriteAllText(request, $$$"""
            {"protocol":1,"task":"BuildEngine","store":{{{Json(Store)}}},"fallbackStore":"","offline":false,"force":false,"verify":false,
             "items":[{"source":{{{Json(RepositoryPaths.DocLlama)}}},"engineName":"doc-llama","name":"","metadata":{"Engine":"gguf","Quantization":"q8_0"}}]}
            """);
        long start = Stopwatch.GetTimestamp();
        using Process tool = new DotNet().Start(_scratch.Root, "exec", RepositoryPaths.Tool, "worker", "--request", request);
        _ = tool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!tool.WaitForExit(life))
        {
            tool.Kill();
        }

        tool.WaitForExit();
        return Stopwatch.GetElapsedTime(start);
    }

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
