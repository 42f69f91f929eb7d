using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Tests.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Processes that are killed at any moment of their whole run: while they resolve, list, download, link, lock, build, and drop what they brought. The cache's layout is held against its rules each time.</summary>
/// <remarks>A few kills here; <c>CHECKPOINTBUILD_FETCH_KILLS=200</c> makes it that many of each kind.</remarks>
public sealed class KilledAnywhereTests : IDisposable
{
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("CHECKPOINTBUILD_FETCH_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? kills : 3;
    private readonly Scratch _scratch = new();

    private string Cache => _scratch.PathOf("home/hub");

    private string Lock => _scratch.PathOf("checkpoints.lock.json");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("fetch")]
    [InlineData("build")]
    [InlineData("restore")]
    public async Task A_process_that_is_killed_at_any_moment_leaves_a_cache_of_the_right_layout(string what)
    {
        string folder = new TinyLlama { FeedForward = 4096 }.Write(_scratch.PathOf("tiny"));
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny",
            [.. Directory.EnumerateFiles(folder).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal)))]));
        var ckpt = new CkptProcess(("HF_HOME", _scratch.PathOf("home")), ("HF_ENDPOINT", server.Endpoint.AbsoluteUri), ("XDG_CACHE_HOME", _scratch.PathOf("cache")));
        string[] command = Command(what);
        long start = Stopwatch.GetTimestamp();
        CkptResult whole = await ckpt.RunWithOpenInputAsync(command);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        Assert.True(whole.ExitCode == 0, whole.ToString());

        var random = new SeededRandom((ulong)what.Length);
        int killed = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            // Every second time from nothing, else from what the one that was killed before left.
            if (kill % 2 == 0)
            {
                Forget();
            }

            using Process process = ckpt.Start(command);
            await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(time * (0.2 + (0.8 * random.Next(1000) / 1000)), TestContext.Current.CancellationToken));
            killed += process.HasExited ? 0 : 1;
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            CacheLayout.AssertRight(Cache);
            CheckpointLock.Read(Lock);
        }

        CkptResult last = await ckpt.RunWithOpenInputAsync(command);

        Assert.True(last.ExitCode == 0, last.ToString());
        CacheLayout.AssertRight(Cache);
        Assert.All(CacheLayout.OnTheWay(Cache), f => Assert.True(HubCache.IsOfOneProcess(Path.GetFileName(f)), f));
        if (what == "build")
        {
            // Nothing of the source is kept, whoever of the killed brought it.
            Assert.DoesNotContain(Directory.EnumerateFiles(Cache, "*", SearchOption.AllDirectories), f => ContentIdentity.IsHash(Path.GetFileName(f)) || f.Contains("/snapshots/", StringComparison.Ordinal));
        }
        else if (what == "restore")
        {
            Assert.All(CheckpointLock.Read(Lock).Models.Single().Files, f => Assert.Equal(Hash.OfFile(Path.Combine(folder, f.Path)), f.Sha256));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {killed} of {Kills} killed before the end of a run of {time.TotalSeconds:F1} s");
    }

    private string[] Command(string what)
    {
        if (what != "restore")
        {
            return what == "fetch" ? ["fetch", "hf:demo/tiny"] : ["build", "hf:demo/tiny", "--engine", "gguf", "--quantization", "q8_0", "--keep-source", "false", "--output", _scratch.PathOf("out")];
        }

        File.WriteAllText(_scratch.PathOf("request.json"), new JsonObject
        {
            ["protocol"] = 1,
            ["task"] = "RestoreCheckpoints",
            ["lockFile"] = Lock,
            ["items"] = new JsonArray(new JsonObject { ["source"] = "hf:demo/tiny", ["engineName"] = "tiny", ["metadata"] = new JsonObject() }),
        }.ToJsonString());
        return ["worker", "--request", _scratch.PathOf("request.json")];
    }

    private void Forget()
    {
        foreach (string folder in new[] { _scratch.PathOf("home"), _scratch.PathOf("cache") }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Delete(Lock);
    }
}
