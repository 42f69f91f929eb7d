using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>What lies in the cache already: others brought it, and nobody verified it.</summary>
public sealed class FoundFilesTests : IDisposable
{
    private static readonly string First = new('1', 40);
    private static readonly string Second = new('2', 40);
    private static readonly ServedFile Config = ServedFile.Small("config.json", "{ \"a\": 1 }\n");
    private static readonly ServedFile Weights = ServedFile.Large("model.safetensors", 300_000, 1);
    private readonly Scratch _scratch = new();

    private string Cache => _scratch.PathOf("hub");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_small_file_that_is_damaged_is_fetched_again()
    {
        await using HubServer server = await ServeAsync();
        FetchedModel model = await FetchAsync(server.Settings(Cache));
        DamagedFile.Flip(Path.Combine(model.Folder, "config.json"));
        server.Forget();

        await FetchAsync(server.Settings(Cache));

        Assert.Equal(Config.Sha256, Hash.OfFile(Path.Combine(model.Folder, "config.json")));
        Assert.DoesNotContain(server.Requests, r => r.Host == "<cdn>");
        CacheLayout.AssertRight(Cache);
    }

    [Fact]
    public async Task Without_the_network_a_small_file_that_is_damaged_is_named()
    {
        await using HubServer server = await ServeAsync();
        FetchedModel model = await FetchAsync(server.Settings(Cache));
        DamagedFile.Flip(Path.Combine(model.Folder, "config.json"));

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(server.Settings(Cache) with { Offline = true }));

        Assert.Equal("CKPT6031", error.Code);
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_that_is_damaged_is_made_again_where_no_links_are_made()
    {
        await using HubServer server = await ServeAsync();
        HubSettings settings = server.Settings(Cache) with { UseLinks = false };
        FetchedModel model = await FetchAsync(settings);
        DamagedFile.Flip(Path.Combine(model.Folder, "config.json"));

        await FetchAsync(settings);

        Assert.Equal(Config.Sha256, Hash.OfFile(Path.Combine(model.Folder, "config.json")));
    }

    [Fact]
    public async Task A_large_file_is_read_where_somebody_asks_for_that()
    {
        await using HubServer server = await ServeAsync();
        FetchedModel model = await FetchAsync(server.Settings(Cache));
        DamagedFile.Flip(Path.Combine(model.Folder, "model.safetensors"));

        await FetchAsync(server.Settings(Cache), Request with { ReadsFound = true });

        Assert.Equal(Weights.Sha256, Hash.OfFile(Path.Combine(model.Folder, "model.safetensors")));
    }

    [Fact]
    public async Task A_content_is_read_before_another_commit_links_to_it()
    {
        var repository = new ServedRepository("demo/tiny").Commit(First, Config, Weights);
        await using HubServer server = await HubServer.StartAsync(repository);
        FetchedModel first = await FetchAsync(server.Settings(Cache));
        DamagedFile.Flip(Path.Combine(first.Folder, "model.safetensors"));
        repository.Commit(Second, Config, Weights, ServedFile.Small("README.md", "# two"));

        FetchedModel second = await FetchAsync(server.Settings(Cache));

        Assert.Equal(Weights.Sha256, Hash.OfFile(Path.Combine(second.Folder, "model.safetensors")));
        CacheLayout.AssertRight(Cache);
    }

    [Fact]
    public async Task What_a_killed_process_brought_needs_no_disk_twice()
    {
        await using HubServer server = await ServeAsync();
        string blob = Path.Combine(Cache, "models--demo--tiny", "blobs", Weights.Sha256);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        await File.WriteAllBytesAsync(blob + ".ckpt.incomplete", Weights.Content, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(blob + ".ckpt.journal", $"checkpointbuild 1 {Weights.Sha256} {Weights.Content.Length}\n0 290000\n", TestContext.Current.CancellationToken);
        var said = new List<string>();

        await FetchAsync(server.Settings(Cache) with { FreeBytes = _ => (1 << 20) + 10_100 }, Request, said);

        Assert.Contains(said, s => s.Contains("10,0", StringComparison.Ordinal) && s.Contains("bytes to fetch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_commit_that_shares_contents_needs_none_of_their_bytes()
    {
        var repository = new ServedRepository("demo/tiny").Commit(First, Config, Weights);
        await using HubServer server = await HubServer.StartAsync(repository);
        await FetchAsync(server.Settings(Cache));
        repository.Commit(Second, Config, Weights, ServedFile.Small("README.md", "# two"));

        await FetchAsync(server.Settings(Cache) with { FreeBytes = _ => (1 << 20) + 10 });
    }

    [Fact]
    public async Task Copies_in_the_place_of_links_need_their_size_twice()
    {
        await using HubServer server = await ServeAsync();

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(server.Settings(Cache) with { UseLinks = false, FreeBytes = _ => (1 << 20) + 400_000 }));

        Assert.Equal("CKPT4003", error.Code);
    }

    [Fact]
    public async Task Where_locks_do_not_work_a_failed_download_leaves_nothing()
    {
        await using HubServer server = await ServeAsync();
        server.Write = async (context, bytes) =>
        {
            await context.Response.Body.WriteAsync(bytes[..(bytes.Length / 2)]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(server.Settings(Cache) with { LockWorks = _ => false, RangeBytes = 1 << 20 }));

        Assert.Empty(CacheLayout.OnTheWay(Cache));
    }

    [Fact]
    public async Task What_was_left_on_its_way_long_ago_is_removed_and_shown_to_nobody()
    {
        await using HubServer server = await ServeAsync();
        string blobs = Directory.CreateDirectory(Path.Combine(Cache, "models--demo--tiny", "blobs")).FullName;
        string[] old = [Path.Combine(blobs, Guid.NewGuid().ToString("N") + ".ckpt.tmp"), Path.Combine(blobs, $"{Weights.Sha256}.{Guid.NewGuid():N}.ckpt.incomplete")];
        foreach (string path in old)
        {
            await File.WriteAllTextAsync(path, "x", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-2));
        }

        string young = Path.Combine(blobs, Guid.NewGuid().ToString("N") + ".ckpt.tmp");
        await File.WriteAllTextAsync(young, "x", TestContext.Current.CancellationToken);

        await FetchAsync(server.Settings(Cache));

        Assert.Equal([young], CacheLayout.OnTheWay(Cache));
    }

    [Fact]
    public async Task Locks_let_the_group_in()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using HubServer server = await ServeAsync();
        await FetchAsync(server.Settings(Cache));

        string[] locks = Directory.GetFiles(Path.Combine(Cache, ".locks"), "*.lock", SearchOption.AllDirectories);
        Assert.NotEmpty(locks);
        foreach (string path in locks)
        {
            Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.GroupWrite), path);
        }
    }

    [Fact]
    public async Task Cleaning_up_beside_fetches_leaves_no_link_that_leads_nowhere()
    {
        await using HubServer server = await ServeAsync();
        HubSettings settings = server.Settings(Cache);
        var inventory = new HubCacheInventory(settings);
        using var stop = new CancellationTokenSource();
        Task cleaning = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (CachedModel model in inventory.List())
                {
                    // As if nobody had linked yet: what was found unneeded a moment ago may be needed now.
                    foreach (string blob in Directory.EnumerateFiles(Path.Combine(model.Folder, "blobs")).Where(b => ContentIdentity.IsHash(Path.GetFileName(b))))
                    {
                        inventory.Delete(model, blob);
                    }
                }
            }
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < 30; i++)
        {
            FetchedModel model = await FetchAsync(settings);
            Assert.All(model.Files, f => Assert.Equal(f.Size, HubCache.LengthOf(Path.Combine(model.Folder, f.Path))));
            Directory.Delete(model.Folder, recursive: true);
        }

        await stop.CancelAsync();
        await cleaning;
    }

    [Fact]
    public async Task A_download_in_another_process_is_not_waited_for_when_cleaning_up()
    {
        await using HubServer server = await ServeAsync();
        HubSettings settings = server.Settings(Cache);
        await FetchAsync(settings);
        File.Delete(Path.Combine(Cache, "models--demo--tiny", "snapshots", First, "model.safetensors"));
        var inventory = new HubCacheInventory(settings);
        CachedModel model = inventory.List().Single();
        string blob = Path.Combine(model.Folder, "blobs", Weights.Sha256);
        using (CacheLock held = await CacheLock.TakeAsync(new HubCache(settings, "demo/tiny").LockFile(new ContentIdentity(Weights.Sha256)), TestContext.Current.CancellationToken))
        {
            Assert.Contains(blob, inventory.Unneeded(model));
            Assert.False(inventory.Delete(model, blob));
        }

        Assert.True(inventory.Delete(model, blob));
    }

    [Fact]
    public async Task A_commit_that_goes_takes_its_list_along()
    {
        var repository = new ServedRepository("demo/tiny").Commit(First, Config, Weights);
        await using HubServer server = await HubServer.StartAsync(repository);
        HubSettings settings = server.Settings(Cache);
        await FetchAsync(settings);
        repository.Commit(Second, Config);
        await FetchAsync(settings);
        var inventory = new HubCacheInventory(settings);
        CachedModel model = inventory.List().Single();

        Assert.All(inventory.Unneeded(model), path => Assert.True(inventory.Delete(model, path)));

        Assert.Equal([Second + ".json"], Directory.EnumerateFiles(Path.Combine(model.Folder, "trees")).Select(Path.GetFileName));
        Assert.Equal([Config.BlobId], Directory.EnumerateFiles(Path.Combine(model.Folder, "blobs")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_damaged_copy_in_the_place_of_a_link_is_found_by_a_verification()
    {
        await using HubServer server = await ServeAsync();
        HubSettings settings = server.Settings(Cache) with { UseLinks = false };
        FetchedModel fetched = await FetchAsync(settings);
        DamagedFile.Flip(Path.Combine(fetched.Folder, "model.safetensors"));
        var inventory = new HubCacheInventory(settings);

        (string path, _) = Assert.Single(inventory.Damaged(inventory.List().Single(), TestContext.Current.CancellationToken));

        Assert.Equal(Path.Combine(fetched.Folder, "model.safetensors"), path);
    }

    private static FetchRequest Request => new(ModelReference.Parse("hf:demo/tiny")!, FileSelection.Everything);

    private static Task<HubServer> ServeAsync() => HubServer.StartAsync(new ServedRepository("demo/tiny").Commit(First, Config, Weights));

    private static async Task<FetchedModel> FetchAsync(HubSettings settings, FetchRequest? request = null, List<string>? said = null)
    {
        using var client = new HubClient(settings);
        return await client.FetchAsync(request ?? Request, FetchObserver.None with { Say = line => said?.Add(line) }, TestContext.Current.CancellationToken);
    }
}
