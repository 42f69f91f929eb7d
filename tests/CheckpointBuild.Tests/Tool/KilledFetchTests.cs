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
        string journal = scratch.PathOf($"home/hub/models--demo--tiny/blobs/{file.Sha256}.ckpt.journal");

        for (int kill = 0; kill < Kills; kill++)
        {
            // The server sends what is enough for one more entry of the journal, and then nothing: the process is killed once that entry is there.
            int served = 0;
            server.Write = async (context, bytes) =>
            {
                if (Interlocked.Increment(ref served) == 1)
                {
                    await context.Response.Body.WriteAsync(bytes[..Math.Min(bytes.Length, MegaByte + 1000)], context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }

                await Task.Delay(-1, context.RequestAborted);
            };
            long before = Recorded(journal);
            using Process process = ckpt.Start("fetch", "hf:demo/tiny");
            while (Recorded(journal) <= before && !process.HasExited)
            {
                await Task.Yield();
            }

            Assert.False(process.HasExited, "the process ended before it was killed");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        long there = Recorded(journal);
        server.Write = async (context, bytes) => await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        server.Forget();
        CkptResult last = await ckpt.RunAsync("fetch", "hf:demo/tiny");

        Assert.True(last.ExitCode == 0, last.ToString());
        Assert.True(there >= Kills * (long)MegaByte);
        Assert.Equal(file.Content.Length - there, server.Requests.Where(r => r.Host == "<cdn>").Sum(r => r.Sent));
        Assert.Equal(file.Sha256, Hash.OfFile(Path.Combine(last.Output.Trim(), file.Path)));
        Assert.Equal([file.Sha256], Directory.EnumerateFiles(Path.GetDirectoryName(journal)!).Select(Path.GetFileName));
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

    private static CkptProcess Ckpt(HubServer server, Scratch scratch) => new(("HF_HOME", scratch.PathOf("home")), ("HF_ENDPOINT", server.Endpoint.AbsoluteUri), ("HF_HUB_DOWNLOAD_TIMEOUT", "600"));

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
