using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>Weights that are converted while they arrive: the product is that of the folder, or there is none.</summary>
/// <remarks>Random runs: a few here; <c>CHECKPOINTBUILD_FAULT_RUNS=1000</c> makes it that many.</remarks>
public sealed class ArrivalTests : IDisposable
{
    private const int Range = 256 << 10;
    private static readonly int Runs = int.TryParse(Environment.GetEnvironmentVariable("CHECKPOINTBUILD_FAULT_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int runs) ? runs : 12;
    private static readonly Recipe Recipe = new() { Engine = "gguf", Quantization = "q8_0", EngineName = "tiny" };
    private readonly Scratch _scratch = new();
    private readonly string _folder;
    private readonly ServedFile[] _files;

    public ArrivalTests()
    {
        _folder = new TinyLlama { FeedForward = 2048, MaxShardSize = 900_000 }.Write(_scratch.PathOf("tiny"));
        _files = [.. Directory.EnumerateFiles(_folder).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal)))];
    }

    private CancellationToken Stop { get; set; } = TestContext.Current.CancellationToken;

    private IEnumerable<ServedFile> Weights => _files.Where(f => f.IsLarge);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_product_of_arriving_weights_is_that_of_the_folder()
    {
        await using HubServer server = await ServeAsync();

        await BuildAsync(server, "hub");

        Assert.Equal(FolderProduct(), Product("out"));
        Assert.True(Weights.Count() > 1);
        Assert.Equal(Weights.Sum(w => w.Content.Length), SentContent(server));
        AssertCacheIsRight("hub", everything: true);
    }

    [Fact]
    public async Task A_content_key_needs_the_headers_alone()
    {
        await using HubServer server = await ServeAsync();
        using var client = new HubClient(Settings(server, "hub"));
        FetchedModel model = await FetchAsync(client);

        using EngineBuild arriving = EngineBuild.Open(ModelSource.Of(model), Recipe, new SourceHashes(null));
        using EngineBuild there = EngineBuild.Open(_folder, Recipe, new SourceHashes(null));

        Assert.Equal(there.Key(HashTrust.ReadAgain, Stop), arriving.Key(HashTrust.ReadAgain, Stop));
        Assert.InRange(SentContent(server), 1, Weights.Count() * Range / 8);
    }

    [Fact]
    public async Task Two_files_of_one_content_do_not_wait_for_each_other()
    {
        ServedFile file = ServedFile.Large("model-00001-of-00002.safetensors", 1_000_000, 7);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file, file with { Path = "model-00002-of-00002.safetensors" }));
        using var client = new HubClient(Settings(server, "hub"));
        byte[] header = new byte[8];

        foreach (FetchedFile fetched in (await FetchAsync(client, SelectionStart.Everything)).Files)
        {
            fetched.Arriving?.Read(0, header);
        }

        Assert.Equal(file.Content[..8], header);
        Assert.Equal(file.Content.Length, SentContent(server));
    }

    [Fact]
    public async Task What_is_read_first_comes_first()
    {
        ServedFile file = ServedFile.Large("model.safetensors", 1_000_000, 7);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", file));
        using var client = new HubClient(Settings(server, "hub") with { Connections = 1, RangeBytes = 8 * 250_000 });
        ArrivingSource source = (await FetchAsync(client, SelectionStart.Everything)).Files[0].Arriving!;

        source.Expect([new ExpectedRead(2, 0, 10), new ExpectedRead(0, 500_000, 600), new ExpectedRead(1, 740_000, 300_000 - 40_000)]);
        source.Complete(Stop);

        Assert.Equal(
            ["bytes=500000-749999", "bytes=750000-999999", "bytes=0-249999", "bytes=250000-499999"],
            server.Requests.Where(r => r.Host == "<cdn>").Select(r => r.Range));
    }

    [Fact]
    public async Task What_hashes_to_something_else_gives_no_product()
    {
        await using HubServer server = await ServeAsync();
        server.Write = async (context, bytes) =>
        {
            byte[] copy = bytes.ToArray();
            copy[^1] ^= context.Connection.LocalPort == server.Cdn.Port ? (byte)1 : (byte)0;
            await context.Response.Body.WriteAsync(copy);
        };

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => BuildAsync(server, "hub"));

        Assert.Equal("CKPT6016", error.Code);
        Assert.Empty(Directory.EnumerateFiles(_scratch.PathOf("out")));
        AssertCacheIsRight("hub", everything: false);
    }

    [Fact]
    public async Task A_download_that_fails_ends_the_build_with_its_code()
    {
        await using HubServer server = await ServeAsync();
        int answered = 0;
        server.Before = context =>
        {
            bool fails = context.Connection.LocalPort == server.Cdn.Port && Interlocked.Increment(ref answered) > 4;
            context.Response.StatusCode = fails ? 503 : 200;
            return Task.FromResult(fails);
        };

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => BuildAsync(server, "hub"));

        Assert.Equal("CKPT6018", error.Code);
        Assert.Empty(Directory.EnumerateFiles(_scratch.PathOf("out")));
    }

    [Fact]
    public async Task A_cancelled_build_is_resumed_and_asks_for_nothing_twice()
    {
        await using HubServer server = await ServeAsync();
        using var stop = new CancellationTokenSource();
        int answered = 0;
        server.Before = async context =>
        {
            if (context.Connection.LocalPort == server.Cdn.Port && Interlocked.Increment(ref answered) > 12)
            {
                await stop.CancelAsync();
            }

            return false;
        };
        Stop = stop.Token;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildAsync(server, "hub"));
        Stop = TestContext.Current.CancellationToken;
        long there = Recorded("hub");
        server.Forget();

        await BuildAsync(server, "hub");

        Assert.True(there > 0);
        Assert.Equal(FolderProduct(), Product("out"));
        Assert.Equal(Weights.Sum(w => w.Content.Length) - there, SentContent(server));
    }

    [Fact]
    public async Task Two_builds_on_one_cold_cache_fetch_each_byte_once()
    {
        await using HubServer server = await ServeAsync();

        await Task.WhenAll(Task.Run(() => BuildAsync(server, "hub", "one"), Stop), Task.Run(() => BuildAsync(server, "hub", "two"), Stop));

        Assert.Equal(FolderProduct(), Product("one"));
        Assert.Equal(FolderProduct(), Product("two"));
        Assert.Equal(Weights.Sum(w => w.Content.Length), SentContent(server));
    }

    [Fact]
    public async Task Random_faults_give_the_right_product_or_a_coded_error()
    {
        string right = FolderProduct();
        int done = 0;
        for (ulong seed = 0; seed < (ulong)Runs; seed++)
        {
            await using HubServer server = await ServeAsync();
            var faults = new RandomFaults(new SeededRandom(seed), 0.1);
            (server.Before, server.Write) = (faults.BeforeAsync, faults.WriteAsync);
            string cache = $"hub{seed}";
            try
            {
                await BuildAsync(server, cache, cache + "out");
                Assert.Equal(right, Product(cache + "out"));
                done++;
            }
            catch (CheckpointException)
            {
                Assert.Empty(Directory.Exists(_scratch.PathOf(cache + "out")) ? Directory.EnumerateFiles(_scratch.PathOf(cache + "out")) : []);
            }

            AssertCacheIsRight(cache, everything: false);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Runs} runs: {done} right");
        Assert.True(done > 0);
    }

    private Task<HubServer> ServeAsync() => HubServer.StartAsync(ServedRepository.Of("demo/tiny", _files));

    private HubSettings Settings(HubServer server, string cache) => server.Settings(_scratch.PathOf(cache)) with { RangeBytes = Range, DownloadTimeout = TimeSpan.FromSeconds(5) };

    private Task<FetchedModel> FetchAsync(HubClient client, SelectionStart start = SelectionStart.WhatABuildNeeds) =>
        client.FetchAsync(new FetchRequest(ModelReference.Parse("hf:demo/tiny")!, new FileSelection(start)) { Timing = FetchTiming.WhileUsed }, FetchObserver.None, Stop);

    private async Task BuildAsync(HubServer server, string cache, string output = "out")
    {
        using var client = new HubClient(Settings(server, cache));
        FetchedModel model = await FetchAsync(client);
        using EngineBuild build = EngineBuild.Open(ModelSource.Of(model), Recipe, new SourceHashes(null));
        build.Run(_scratch.PathOf(output), new BuilderOptions(), HashTrust.Remembered, Stop);
    }

    private string FolderProduct()
    {
        using EngineBuild build = EngineBuild.Open(_folder, Recipe, new SourceHashes(null));
        build.Run(_scratch.PathOf("folder"), new BuilderOptions(), HashTrust.Remembered, Stop);
        return Product("folder");
    }

    private string Product(string output) => Hash.OfFile(_scratch.PathOf(output + "/tiny.gguf"));

    private static long SentContent(HubServer server) => server.Requests.Where(r => r.Host == "<cdn>").Sum(r => r.Sent);

    private void AssertCacheIsRight(string cache, bool everything)
    {
        string blobs = _scratch.PathOf(cache + "/models--demo--tiny/blobs");
        string[] names = Directory.Exists(blobs) ? [.. Directory.EnumerateFiles(blobs).Select(f => Path.GetFileName(f)).Where(f => !f.Contains('.', StringComparison.Ordinal))] : [];
        Assert.All(names, n => Assert.Equal(_files.Single(f => f.Identity == n).Sha256, Hash.OfFile(Path.Combine(blobs, n))));
        Assert.True(!everything || Directory.EnumerateFiles(blobs).Select(f => Path.GetFileName(f)).Order().SequenceEqual(_files.Select(f => f.Identity).Order()));
    }

    private long Recorded(string cache) => Directory.EnumerateFiles(_scratch.PathOf(cache + "/models--demo--tiny/blobs"), "*.journal")
        .SelectMany(f => File.ReadLines(f).Skip(1)).Select(l => l.Split(' ')).Sum(p => long.Parse(p[1], CultureInfo.InvariantCulture) - long.Parse(p[0], CultureInfo.InvariantCulture));
}
