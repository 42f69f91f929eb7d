using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>The lock file: made once, held afterwards, changed only on request.</summary>
public sealed partial class LockedFetchTests
{
    private static readonly string First = new('1', 40);
    private static readonly string Second = new('2', 40);
    private static readonly ServedFile Weights = ServedFile.Large("model.safetensors", 200_000, 1);

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public async Task A_first_restore_locks_no_damage_that_lies_in_the_cache(string file)
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        FetchedModel before = await RestoreAsync(server, scratch, LockMode.AddMissing);
        string right = Hash.OfFile(Path.Combine(before.Folder, file));
        DamagedFile.Flip(Path.Combine(before.Folder, file));
        File.Delete(scratch.PathOf("lock.json"));

        FetchedModel model = await RestoreAsync(server, scratch, LockMode.AddMissing);

        Assert.Equal(right, model.Files.Single(f => f.Path == file).Sha256);
        Assert.Equal(right, Hash.OfFile(Path.Combine(model.Folder, file)));
    }

    [Fact]
    public async Task Without_the_network_nothing_is_added_to_the_lock()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        File.Delete(scratch.PathOf("lock.json"));
        var said = new List<string>();

        await RestoreAsync(server, scratch, LockMode.AddMissing, said, offline: true);

        Assert.False(File.Exists(scratch.PathOf("lock.json")));
        Assert.Contains(said, s => s.Contains("ckpt restore", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("model-00002-of-00002.safetensors")]
    public async Task Without_list_and_network_what_is_certainly_missing_is_named(string missing)
    {
        using var scratch = new Scratch();
        string[] all = ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "tokenizer.json"];
        await using HubServer server = await HubServer.StartAsync(new ServedRepository("demo/tiny").Commit(First,
            [.. all.Select(n => ServedFile.Small(n, n)), ServedFile.Small("model.safetensors.index.json", """{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}""")]));
        FetchedModel model = await RestoreAsync(server, scratch, LockMode.ReadOnly);
        Directory.Delete(Path.Combine(model.Folder, "../../trees"), recursive: true);
        await RestoreAsync(server, scratch, LockMode.ReadOnly, offline: true);
        File.Delete(Path.Combine(model.Folder, missing));

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => RestoreAsync(server, scratch, LockMode.AddMissing, offline: true));

        Assert.Equal("CKPT6015", error.Code);
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch.PathOf("lock.json")));
    }

    [Fact]
    public async Task Files_that_are_named_one_by_one_are_announced_and_locked_with_the_licence()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        var said = new List<string>();

        FetchedModel model = await RestoreAsync(server, scratch, LockMode.AddMissing, said, files: "config.json;model.safetensors");
        CheckpointException absent = await Assert.ThrowsAsync<CheckpointException>(() => RestoreAsync(server, scratch, LockMode.AddMissing, files: "config.json;absent.json"));

        Assert.Equal("apache-2.0", Assert.Single(CheckpointLock.Read(scratch.PathOf("lock.json")).Models).License);
        Assert.Contains(said, s => s.Contains("bytes to fetch", StringComparison.Ordinal));
        Assert.Equal(["config.json", "model.safetensors"], model.Brought);
        Assert.Equal("CKPT6020", absent.Code);
    }

    [Fact]
    public async Task An_update_means_one_commit_by_a_revision_even_when_the_branch_moves_meanwhile()
    {
        using var scratch = new Scratch();
        ServedRepository repository = Repository();
        await using HubServer server = await HubServer.StartAsync(repository);
        using var client = new HubClient(server.Settings(scratch.PathOf("hub")));
        var fetch = new LockedFetch(client, scratch.PathOf("lock.json"), LockMode.Update);

        await fetch.FetchAsync(Request(null), FetchObserver.None, TestContext.Current.CancellationToken);
        repository.Commit(Second, ServedFile.Small("config.json", "{\"new\": 1}"), Weights);
        await fetch.FetchAsync(Request("*.json"), FetchObserver.None, TestContext.Current.CancellationToken);

        Assert.All(CheckpointLock.Read(scratch.PathOf("lock.json")).Models, m => Assert.Equal(First, m.Commit));
    }

    [Fact]
    public async Task Many_that_add_entries_at_once_lose_none()
    {
        using var scratch = new Scratch();
        const int Many = 12;
        await using HubServer server = await HubServer.StartAsync(Enumerable.Range(0, Many).Select(i => new ServedRepository($"demo/tiny{i}").Commit(First, ServedFile.Small("config.json", "{}"), Weights)));

        await Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(async () =>
        {
            using var client = new HubClient(server.Settings(scratch.PathOf("hub")));
            var request = new FetchRequest(ModelReference.Parse($"hf:demo/tiny{i}")!, new FileSelection(SelectionStart.WhatABuildNeeds, "config.json"));
            await new LockedFetch(client, scratch.PathOf("lock.json"), LockMode.AddMissing).FetchAsync(request, FetchObserver.None, TestContext.Current.CancellationToken);
        })));

        Assert.Equal(Many, CheckpointLock.Read(scratch.PathOf("lock.json")).Models.Length);
    }

    [Fact]
    public async Task A_lock_file_that_cannot_be_written_is_named_and_leaves_nothing_beside_it()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        await File.WriteAllTextAsync(scratch.PathOf("project"), "a file", TestContext.Current.CancellationToken);
        using var client = new HubClient(server.Settings(scratch.PathOf("hub")));

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => new LockedFetch(client, scratch.PathOf("project/lock.json"), LockMode.AddMissing).FetchAsync(Request(null), FetchObserver.None, TestContext.Current.CancellationToken));

        Assert.Equal("CKPT6045", error.Code);
        Assert.DoesNotContain("HF_HUB_CACHE", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(scratch.Folder), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_first_restore_locks_every_byte()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());

        FetchedModel model = await RestoreAsync(server, scratch, LockMode.AddMissing);

        LockedModel entry = Assert.Single(CheckpointLock.Read(scratch.PathOf("lock.json")).Models);
        Assert.Equal(("hf:demo/tiny", "main", First, "apache-2.0"), (entry.Source, entry.Revision, entry.Commit, entry.License));
        Assert.Equal(["config.json", "model.safetensors"], entry.Files.Select(f => f.Path));
        Assert.All(entry.Files, f => Assert.Equal(Hash.OfFile(Path.Combine(model.Folder, f.Path)), f.Sha256));
    }

    [Fact]
    public async Task A_locked_name_stays_where_it_was_when_the_branch_moves()
    {
        using var scratch = new Scratch();
        ServedRepository repository = Repository();
        await using HubServer server = await HubServer.StartAsync(repository);
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        byte[] before = await File.ReadAllBytesAsync(scratch.PathOf("lock.json"), TestContext.Current.CancellationToken);
        repository.Commit(Second, ServedFile.Small("config.json", "{\"new\": 1}"), Weights);
        server.Forget();

        FetchedModel model = await RestoreAsync(server, scratch, LockMode.AddMissing);

        Assert.Equal(First, model.Commit);
        Assert.Empty(server.Requests);
        Assert.Equal(before, await File.ReadAllBytesAsync(scratch.PathOf("lock.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_update_takes_the_new_commit_and_says_what_changed()
    {
        using var scratch = new Scratch();
        ServedRepository repository = Repository();
        await using HubServer server = await HubServer.StartAsync(repository);
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        repository.Commit(Second, ServedFile.Small("config.json", "{\"new\": 1}"), Weights, ServedFile.Small("tokenizer.json", "{}"));
        var said = new List<string>();

        FetchedModel model = await RestoreAsync(server, scratch, LockMode.Update, said);

        Assert.Equal(Second, model.Commit);
        Assert.Contains(said, line => line.Contains(First, StringComparison.Ordinal) && line.Contains(Second, StringComparison.Ordinal)
            && line.Contains("changed config.json", StringComparison.Ordinal) && line.Contains("added tokenizer.json", StringComparison.Ordinal));
        Assert.Equal(Second, Assert.Single(CheckpointLock.Read(scratch.PathOf("lock.json")).Models).Commit);
    }

    [Fact]
    public async Task Locked_mode_fetches_a_locked_commit_without_resolving_or_listing()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        server.Forget();

        await RestoreAsync(server, scratch, LockMode.Locked, cache: "another-machine");

        Assert.DoesNotContain(server.Requests, r => r.Path.StartsWith("/api/", StringComparison.Ordinal));
        Assert.NotEmpty(server.Requests);
    }

    [Fact]
    public async Task Locked_mode_refuses_a_name_without_an_entry_and_asks_nothing()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => RestoreAsync(server, scratch, LockMode.Locked));

        Assert.Equal("CKPT6041", error.Code);
        Assert.Contains("ckpt restore", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public async Task A_file_that_changed_upstream_under_its_commit_is_refused_with_both_hashes(string changed)
    {
        using var scratch = new Scratch();
        ServedRepository repository = Repository();
        await using HubServer server = await HubServer.StartAsync(repository);
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        ServedFile before = repository.Commits[First].Single(f => f.Path == changed);
        byte[] content = [.. before.Content];
        content[0] ^= 1;
        ServedFile now = before with { Content = content };
        now = new ServedFile(now.Path, content, now.IsLarge);
        repository.Commits[First] = [.. repository.Commits[First].Select(f => f.Path == changed ? now : f)];

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => RestoreAsync(server, scratch, LockMode.Locked, cache: "another-machine"));

        Assert.Equal("CKPT6042", error.Code);
        Assert.Contains(before.Sha256, error.Message, StringComparison.Ordinal);
        Assert.Contains(now.Sha256, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_selections_of_one_revision_get_one_commit()
    {
        using var scratch = new Scratch();
        ServedRepository repository = Repository();
        await using HubServer server = await HubServer.StartAsync(repository);
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        repository.Commit(Second, ServedFile.Small("config.json", "{\"new\": 1}"), Weights);

        FetchedModel other = await RestoreAsync(server, scratch, LockMode.AddMissing, files: "*.json");

        Assert.Equal(First, other.Commit);
        Assert.Equal(2, CheckpointLock.Read(scratch.PathOf("lock.json")).Models.Length);
    }

    [Fact]
    public async Task Two_revisions_of_one_repository_stand_side_by_side()
    {
        using var scratch = new Scratch();
        ServedRepository repository = Repository();
        await using HubServer server = await HubServer.StartAsync(repository);
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        repository.Commit(Second, ServedFile.Small("config.json", "{\"new\": 1}"), Weights);

        FetchedModel other = await RestoreAsync(server, scratch, LockMode.AddMissing, revision: Second);
        FetchedModel first = await RestoreAsync(server, scratch, LockMode.Locked);

        Assert.Equal((First, Second), (first.Commit, other.Commit));
        Assert.Single(server.Requests, r => r.Host == "<cdn>");
    }

    [Fact]
    public async Task A_size_that_was_edited_in_the_lock_is_refused_with_both()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        string text = await File.ReadAllTextAsync(scratch.PathOf("lock.json"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(scratch.PathOf("lock.json"), text.Replace($"\"size\": {Weights.Content.Length}", "\"size\": 7", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => RestoreAsync(server, scratch, LockMode.Locked, cache: "another-machine"));

        Assert.Equal("CKPT6042", error.Code);
        Assert.Contains("(7 bytes)", error.Message, StringComparison.Ordinal);
        Assert.Contains($"({Weights.Content.Length} bytes)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_is_the_same_in_whatever_order_it_was_made()
    {
        LockedModel[] models =
        [
            new("hf:b/b", "main", "", First, [new LockedFile("a", 1, new string('0', 64))]),
            new("hf:a/a", "v2", "", Second, []) { License = "mit" },
            new("hf:a/a", "main", "*.json", Second, []),
            new("hf:a/a", "main", "", Second, []),
        ];

        Assert.Equal(models.Aggregate(CheckpointLock.Empty, (l, m) => l.With(m)).ToBytes(), models.Reverse().Aggregate(CheckpointLock.Empty, (l, m) => l.With(m)).ToBytes());
    }

    [Fact]
    public async Task A_lock_is_read_back_as_it_was_written()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        await RestoreAsync(server, scratch, LockMode.AddMissing);

        byte[] bytes = await File.ReadAllBytesAsync(scratch.PathOf("lock.json"), TestContext.Current.CancellationToken);

        Assert.Equal(bytes, CheckpointLock.Read(scratch.PathOf("lock.json")).ToBytes());
        Assert.Equal((byte)'\n', bytes[^1]);
        Assert.DoesNotContain((byte)'\r', bytes);
    }

    [Theory]
    [InlineData("<<<<<<< ours")]
    [InlineData("{}")]
    [InlineData("""{"version": 2, "checkpoints": []}""")]
    [InlineData("""{"version": 1, "checkpoints": [{"source": "hf:a/b", "revision": "main", "commit": "x", "files": [{"path": "../x", "size": 1, "sha256": "0"}]}]}""")]
    [InlineData("""{"version": 1, "checkpoints": [{"source": "hf:a/b", "revision": "main", "commit": "../x", "files": []}]}""")]
    [InlineData("""{"version": 1, "checkpoints": [{"source": "hf:a/b", "revision": "main", "commit": "COMMIT", "files": []}]}""")]
    [InlineData("""{"version": 1, "checkpoints": [{"source": "hf:a/b", "revision": "main", "commit": "main", "files": [FILE]}]}""")]
    [InlineData("""{"version": 1, "checkpoints": [{"source": "hf:../x", "revision": "main", "commit": "COMMIT", "files": [FILE]}]}""")]
    [InlineData("""{"version": 1, "checkpoints": [{"source": "a/b", "revision": "main", "commit": "COMMIT", "files": [FILE]}]}""")]
    [InlineData("""{"version": 1, "checkpoints": [{"source": "hf:a/b", "revision": "main", "commit": "COMMIT", "files": [FILE, FILE]}]}""")]
    [InlineData("""{"version": 1, "checkpoints": [{"source": "hf:a/b", "revision": "main", "commit": "COMMIT", "files": [FILE]}, {"source": "hf:a/b", "revision": "main", "commit": "COMMIT", "files": [FILE]}]}""")]
    public void A_damaged_lock_is_refused(string text)
    {
        using var scratch = new Scratch();
        string file = $$"""{"path": "config.json", "size": 1, "sha256": "{{new string('0', 64)}}"}""";
        File.WriteAllText(scratch.PathOf("lock.json"), text.Replace("COMMIT", First, StringComparison.Ordinal).Replace("FILE", file, StringComparison.Ordinal));

        Assert.Equal("CKPT6040", Assert.Throws<CheckpointException>(() => CheckpointLock.Read(scratch.PathOf("lock.json"))).Code);
    }

    private static FetchRequest Request(string? files) => new(ModelReference.Parse("hf:demo/tiny")!, new FileSelection(SelectionStart.WhatABuildNeeds, files));

    private static ServedRepository Repository() => new ServedRepository("demo/tiny").Commit(First, ServedFile.Small("config.json", "{}\n"), Weights, ServedFile.Small("README.md", "# tiny\n"));

    private static Task<FetchedModel> UseAsync(HubClient client, Scratch scratch) =>
        new LockedFetch(client, scratch.PathOf("lock.json"), LockMode.AddMissing).FetchAsync(Request(null) with { Timing = FetchTiming.WhileUsed }, FetchObserver.None, TestContext.Current.CancellationToken);

    private static async Task<FetchedModel> RestoreAsync(HubServer server, Scratch scratch, LockMode mode, List<string>? said = null, string cache = "hub", string? files = null, string revision = "main", bool offline = false)
    {
        using var client = new HubClient(server.Settings(scratch.PathOf(cache)) with { Offline = offline });
        return await new LockedFetch(client, scratch.PathOf("lock.json"), mode).FetchAsync(Request(files) with { Revision = revision }, FetchObserver.None with { Say = line => said?.Add(line) }, TestContext.Current.CancellationToken);
    }
}
