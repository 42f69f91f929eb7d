using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>A server that cuts, corrupts, refuses and forgets: the result is right or a coded error, and nothing that arrived is asked for again.</summary>
/// <remarks>Random runs: a few dozen here; <c>CHECKPOINTBUILD_FAULT_RUNS=1000</c> makes it that many.</remarks>
public sealed class FaultTests
{
    private static readonly string Later = new('f', 40);
    private const int SmallRange = 64 << 10;
    private static readonly int Runs = int.TryParse(Environment.GetEnvironmentVariable("CHECKPOINTBUILD_FAULT_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int runs) ? runs : 40;

    [Fact]
    public async Task A_cut_connection_goes_on_where_it_was_cut()
    {
        using var scratch = new Scratch();
        ServedFile file = ServedFile.Large("model.safetensors", 3_000_000, 1);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file));
        int cuts = 2;
        server.Write = async (context, bytes) =>
        {
            if (cuts-- > 0)
            {
                await context.Response.Body.WriteAsync(bytes[..1_000_000]);
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            }

            await context.Response.Body.WriteAsync(bytes);
        };

        FetchedModel model = await FetchAsync(server.Settings(scratch.PathOf("hub")));

        Assert.Equal(file.Sha256, Hash.OfFile(Path.Combine(model.Folder, file.Path)));

        Assert.Single(server.Requests, r => r.Host == "<cdn>" && r.Range is null);
    }

    [Fact]
    public async Task A_cancelled_download_is_resumed_by_the_next()
    {
        using var scratch = new Scratch();
        ServedFile file = ServedFile.Large("model.safetensors", 4_000_000, 2);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file));
        using var stop = new CancellationTokenSource();
        HubSettings settings = server.Settings(scratch.PathOf("hub"));
        using (var client = new HubClient(settings))
        {
            FetchObserver observer = FetchObserver.None with { Progress = (done, _) => { if (done > 2_000_000) { stop.Cancel(); } } };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.FetchAsync(Request(), observer, stop.Token));
        }

        long there = Recorded(scratch);
        server.Forget();
        FetchedModel model = await FetchAsync(settings);

        Assert.True(there > 2_000_000);
        Assert.Equal(file.Sha256, Hash.OfFile(Path.Combine(model.Folder, file.Path)));
        Assert.Equal(file.Content.Length - there, server.Requests.Where(r => r.Host == "<cdn>").Sum(r => r.Sent));
        Assert.Equal([file.Sha256], Blobs(scratch));
    }

    [Fact]
    public async Task Ranges_of_one_file_are_fetched_at_once()
    {
        using var scratch = new Scratch();
        ServedFile file = ServedFile.Large("model.safetensors", 1_000_000, 3);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file));
        int now = 0;
        int most = 0;
        using var both = new Barrier(2);
        server.Before = context =>
        {
            if (context.Request.Headers.Range.Count > 0)
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
            }

            return Task.FromResult(false);
        };
        server.Write = async (context, bytes) =>
        {
            await Task.Run(() => both.SignalAndWait(TimeSpan.FromSeconds(2)));
            await context.Response.Body.WriteAsync(bytes);
            Interlocked.Decrement(ref now);
        };

        FetchedModel model = await FetchAsync(server.Settings(scratch.PathOf("hub")) with { RangeBytes = SmallRange * 4 });

        Assert.True(most > 1);
        Assert.Equal(file.Sha256, Hash.OfFile(Path.Combine(model.Folder, file.Path)));
    }

    [Fact]
    public async Task A_pause_is_as_long_as_the_server_asks_by_its_own_clock()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", ServedFile.Small("config.json", "{}")));
        var answers = new Queue<Action<HttpResponse>>(
        [
            r => { r.StatusCode = 429; r.Headers.RetryAfter = "7"; },
            r => { r.StatusCode = 503; r.Headers.RetryAfter = "Wed, 01 Jan 2020 00:00:30 GMT"; r.Headers.Date = "Wed, 01 Jan 2020 00:00:00 GMT"; },
            r => { r.StatusCode = 429; r.Headers["ratelimit"] = "\"api\";r=0;t=42"; },
            r => r.StatusCode = 500,
        ]);
        server.Before = context =>
        {
            bool fails = answers.TryDequeue(out Action<HttpResponse>? answer);
            answer?.Invoke(context.Response);
            return Task.FromResult(fails);
        };
        var pauses = new List<TimeSpan>();

        await FetchAsync(server.Settings(scratch.PathOf("hub")) with { Pause = (time, _) => { pauses.Add(time); return Task.CompletedTask; } });

        Assert.Equal([7, 30, 42, 8], pauses.Select(p => p.TotalSeconds));
    }

    [Fact]
    public async Task A_server_that_asks_for_an_hour_is_not_waited_for()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", ServedFile.Small("config.json", "{}")));
        server.Before = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "3600";
            return Task.FromResult(true);
        };

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(server.Settings(scratch.PathOf("hub"))));

        Assert.Equal("CKPT6010", error.Code);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_address_that_ended_is_asked_for_again()
    {
        using var scratch = new Scratch();
        ServedFile file = ServedFile.Large("model.safetensors", 100_000, 4);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file));
        int ended = 1;
        server.Before = context =>
        {
            bool refuses = context.Request.Path.StartsWithSegments("/cdn", StringComparison.Ordinal) && ended-- > 0;
            context.Response.StatusCode = refuses ? 403 : 200;
            return Task.FromResult(refuses);
        };

        FetchedModel model = await FetchAsync(server.Settings(scratch.PathOf("hub")));

        Assert.Equal(file.Sha256, Hash.OfFile(Path.Combine(model.Folder, file.Path)));
    }

    [Fact]
    public async Task A_server_without_ranges_sends_the_whole_once_more()
    {
        using var scratch = new Scratch();
        ServedFile file = ServedFile.Large("model.safetensors", 1_000_000, 5);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file));
        server.Before = context =>
        {
            context.Request.Headers.Remove("Range");
            return Task.FromResult(false);
        };

        FetchedModel model = await FetchAsync(server.Settings(scratch.PathOf("hub")) with { RangeBytes = SmallRange });

        Assert.Equal(file.Sha256, Hash.OfFile(Path.Combine(model.Folder, file.Path)));
    }

    [Fact]
    public async Task A_journal_that_claims_too_much_costs_a_download_and_no_wrong_byte()
    {
        using var scratch = new Scratch();
        ServedFile file = ServedFile.Large("model.safetensors", 500_000, 6);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file));
        string blobs = Directory.CreateDirectory(scratch.PathOf("hub/models--demo--tiny/blobs")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(blobs, file.Sha256 + ".ckpt.incomplete"), new byte[file.Content.Length], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(blobs, file.Sha256 + ".ckpt.journal"), $"checkpointbuild 1 {file.Sha256} {file.Content.Length}\n0 400000\n", TestContext.Current.CancellationToken);

        FetchedModel model = await FetchAsync(server.Settings(scratch.PathOf("hub")));

        Assert.Equal(file.Sha256, Hash.OfFile(Path.Combine(model.Folder, file.Path)));
        Assert.Equal([file.Sha256], Blobs(scratch));
    }

    [Fact]
    public async Task Random_faults_give_the_right_bytes_or_a_coded_error()
    {
        int right = 0;
        var refused = new ConcurrentDictionary<string, int>();
        for (ulong seed = 0; seed < (ulong)Runs; seed++)
        {
            using var scratch = new Scratch();
            var random = new SeededRandom(seed);
            ServedFile[] files = [ServedFile.Large("model.safetensors", 50_000 + random.Next(600_000), seed), ServedFile.Small("config.json", $"{{\"seed\": {seed}}}"), ServedFile.Small("tokenizer.json", "{}")];
            ServedFile[] later = [seed % 2 == 0 ? files[0] : ServedFile.Large("model.safetensors", 70_000, seed + 1000), ServedFile.Small("config.json", $"{{\"later\": {seed}}}"), files[2]];
            ServedRepository repository = ServedRepository.Of("demo/tiny", files);
            await using HubServer server = await HubServer.StartAsync(repository);
            var faults = new RandomFaults(random, 0.3);
            int moves = random.Next(8), asked = 0;
            server.Before = context =>
            {
                // The branch moves while somebody is at it.
                if (Interlocked.Increment(ref asked) == moves)
                {
                    repository.Commit(Later, later);
                }

                return faults.BeforeAsync(context);
            };
            server.Write = faults.WriteAsync;

            (FetchedModel? model, string? code) = await TryFetchAsync(server.Settings(scratch.PathOf("hub")) with { RangeBytes = SmallRange, DownloadTimeout = TimeSpan.FromMilliseconds(500) });

            right += code is null ? 1 : 0;
            refused.AddOrUpdate(code ?? "", 1, (_, n) => n + 1);
            CacheLayout.AssertRight(scratch.PathOf("hub"));
            Assert.DoesNotContain(CacheLayout.OnTheWay(scratch.PathOf("hub")), f => model is not null || HubCache.IsOfOneProcess(Path.GetFileName(f)));
            foreach (FetchedFile file in model?.Files ?? [])
            {
                Assert.Equal(repository.Commits[model!.Commit].Single(f => f.Path == file.Path).Sha256, Hash.OfFile(Path.Combine(model.Folder, file.Path)));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Runs} runs: {right} right; {string.Join(", ", refused.Where(r => r.Key.Length > 0).Select(r => $"{r.Key} {r.Value}"))}");
        Assert.True(right > 0);
    }

    private static async Task<(FetchedModel? Model, string? Code)> TryFetchAsync(HubSettings settings)
    {
        try
        {
            return (await FetchAsync(settings), null);
        }
        catch (CheckpointException e)
        {
            return (null, e.Code);
        }
    }

    private static string[] Blobs(Scratch scratch) => Directory.Exists(scratch.PathOf("hub/models--demo--tiny/blobs"))
        ? [.. Directory.EnumerateFiles(scratch.PathOf("hub/models--demo--tiny/blobs")).Select(f => Path.GetFileName(f)!)]
        : [];

    private static long Recorded(Scratch scratch) => File.ReadLines(Directory.EnumerateFiles(scratch.PathOf("hub/models--demo--tiny/blobs"), "*.journal").Single())
        .Skip(1).Select(l => l.Split(' ')).Sum(p => long.Parse(p[1], CultureInfo.InvariantCulture) - long.Parse(p[0], CultureInfo.InvariantCulture));

    private static FetchRequest Request() => new(ModelReference.Parse("hf:demo/tiny")!, FileSelection.Everything);

    private static async Task<FetchedModel> FetchAsync(HubSettings settings)
    {
        using var client = new HubClient(settings);
        return await client.FetchAsync(Request(), FetchObserver.None, TestContext.Current.CancellationToken);
    }
}
