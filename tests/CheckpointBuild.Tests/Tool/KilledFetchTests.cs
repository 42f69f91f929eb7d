using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Processes that are killed in the middle, and many at once.</summary>
/// <remarks>A few kills here; <c>CHECKPOINTBUILD_FETCH_KILLS=200</c> makes it that many.</remarks>
public sealed class KilledFetchTests
{
    private const int Processes = 16;
    private const int MegaByte = 1 << 20;
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("CHECKPOINTBUILD_FETCH_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? kills : 3;

    [Fact]
    public async Task A_killed_download_is_resumed_and_asks_for_nothing_twice()
    {
        using var scratch = new Scratch();
        ServedFile file = ServedFile.Large("model.safetensors", (Kills + 2) * MegaByte, 1);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file));
        CkptProcess ckpt = Ckpt(server, scratch);

        long there = await KillAsync(server, ckpt, Blob(scratch, file) + ".ckpt.journal", "fetch", "hf:demo/tiny");
        CkptResult last = await ckpt.RunAsync("fetch", "hf:demo/tiny");

        Assert.True(last.ExitCode == 0, last.ToString());
        Assert.True(there >= Kills * (long)MegaByte);
        Assert.Equal(file.Content.Length - there, server.Requests.Where(r => r.Host == "<cdn>").Sum(r => r.Sent));
        Assert.Equal(file.Sha256, Hash.OfFile(Path.Combine(last.Output.Trim(), file.Path)));
        Assert.Equal([Blob(scratch, file)], Directory.EnumerateFiles(Path.GetDirectoryName(Blob(scratch, file))!));
    }

    [Fact]
    public async Task A_killed_build_of_arriving_weights_is_resumed_and_asks_for_nothing_twice()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { FeedForward = (Kills + 4) * 2048 }.Write(scratch.PathOf("tiny"));
        ServedFile[] files = [.. Directory.EnumerateFiles(folder).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal)))];
        ServedFile weights = files.Single(f => f.IsLarge);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", files));
        CkptProcess ckpt = Ckpt(server, scratch);
        string[] build = ["build", "hf:demo/tiny", "--engine", "gguf", "--quantization", "q8_0", "--keep-source", "false", "--output", scratch.PathOf("out")];

        long there = await KillAsync(server, ckpt, Blob(scratch, weights) + ".ckpt.journal", build);
        bool early = File.Exists(scratch.PathOf("out/tiny.gguf"));
        CkptResult last = await ckpt.RunAsync(build);
        await Tool.Ckpt.DoneAsync("build", folder, "--engine", "gguf", "--quantization", "q8_0", "--output", scratch.PathOf("folder"));

        Assert.True(last.ExitCode == 0, last.ToString());
        Assert.False(early);
        Assert.Equal(weights.Content.Length - there, server.Requests.Where(r => r.Host == "<cdn>").Sum(r => r.Sent));
        Assert.Equal(Hash.OfFile(scratch.PathOf("folder/tiny.gguf")), Hash.OfFile(scratch.PathOf("out/tiny.gguf")));
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(Blob(scratch, weights))!));
    }

    [Fact]
    public async Task Sixteen_processes_on_one_cold_cache_fetch_each_byte_once()
    {
        using var scratch = new Scratch();
        ServedFile[] files = [ServedFile.Large("model.safetensors", 2 * MegaByte, 1), ServedFile.Small("config.json", "{}"), ServedFile.Small("tokenizer.json", "{ }")];
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", files));
        CkptProcess ckpt = Ckpt(server, scratch);

        CkptResult[] results = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => ckpt.RunAsync("fetch", "hf:demo/tiny")));

        Assert.All(results, r => Assert.True(r.ExitCode == 0, r.ToString()));
        Assert.Single(results.Select(r => r.Output).Distinct());
        string[] contents = [.. server.Requests.Where(r => r.Method == "GET" && !r.Path.StartsWith("/api/", StringComparison.Ordinal)).Select(r => r.Path)];
        Assert.Equal(files.Length, contents.Length);
        Assert.Equal(files.Length, contents.Distinct().Count());
    }

    // The server sends what is enough for one more entry of the journal, and then nothing: the process is killed once that entry is there.
    private static async Task<long> KillAsync(HubServer server, CkptProcess ckpt, string journal, params string[] arguments)
    {
        for (int kill = 0; kill < Kills; kill++)
        {
            int served = 0;
            server.Write = async (context, bytes) =>
            {
                if (context.Connection.LocalPort != server.Cdn.Port)
                {
                    await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
                    return;
                }

                if (Interlocked.Increment(ref served) == 1)
                {
                    await context.Response.Body.WriteAsync(bytes[..Math.Min(bytes.Length, MegaByte + 1000)], context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }

                await Task.Delay(-1, context.RequestAborted);
            };
            long before = Recorded(journal);
            using Process process = ckpt.Start(arguments);
            while (Recorded(journal) <= before && !process.HasExited)
            {
                await Task.Yield();
            }

            Assert.False(process.HasExited, "the process ended before it was killed");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        server.Write = async (context, bytes) => await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        server.Forget();
        return Recorded(journal);
    }

    private static string Blob(Scratch scratch, ServedFile file) => scratch.PathOf($"home/hub/models--demo--tiny/blobs/{file.Sha256}");

    private static CkptProcess Ckpt(HubServer server, Scratch scratch) => new(("HF_HOME", scratch.PathOf("home")), ("HF_ENDPOINT", server.Endpoint.AbsoluteUri), ("HF_HUB_DOWNLOAD_TIMEOUT", "600"), ("XDG_CACHE_HOME", scratch.PathOf("cache")));

    // Half a line at the end is not an entry yet.
    private static long Recorded(string journal)
    {
        if (!File.Exists(journal))
        {
            return 0;
        }

        using var reader = new StreamReader(new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        string text = reader.ReadToEnd();
        return text.Split('\n')[..^1].Skip(1).Select(l => l.Split(' ')).Sum(p => long.Parse(p[1], CultureInfo.InvariantCulture) - long.Parse(p[0], CultureInfo.InvariantCulture));
    }
}
