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

public sealed partial class LockedFetchTests
{
    [Fact]
    public async Task Weights_that_come_while_they_are_used_are_locked_when_all_of_them_are_here()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        using var client = new HubClient(server.Settings(scratch.PathOf("hub")));

        FetchedModel model = await UseAsync(client, scratch);
        bool isLockedBefore = File.Exists(scratch.PathOf("lock.json"));
        await model.KeepAsync(TestContext.Current.CancellationToken);

        Assert.False(isLockedBefore);
        Assert.Equal(Weights.Sha256, Assert.Single(CheckpointLock.Read(scratch.PathOf("lock.json")).Models).Files.Single(f => f.Path == Weights.Path).Sha256);
        Assert.Equal(Weights.Sha256, Hash.OfFile(Path.Combine(model.Folder, Weights.Path)));
    }

    [Fact]
    public async Task Weights_that_are_not_what_was_stated_are_not_locked()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(new ServedRepository("demo/tiny").Commit(First, ServedFile.Small("config.json", "{}\n"), Weights with { Content = new byte[Weights.Content.Length] }));
        using var client = new HubClient(server.Settings(scratch.PathOf("hub")));

        FetchedModel model = await UseAsync(client, scratch);
        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => model.KeepAsync(TestContext.Current.CancellationToken));

        Assert.Equal("CKPT6016", error.Code);
        Assert.False(File.Exists(scratch.PathOf("lock.json")));
    }

    [Fact]
    public async Task Entries_of_other_projects_stay_and_are_named_unless_they_are_of_an_older_commit()
    {
        using var scratch = new Scratch();
        ServedRepository repository = Repository();
        await using HubServer server = await HubServer.StartAsync(repository);
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        await RestoreAsync(server, scratch, LockMode.AddMissing, files: "*.json");
        var said = new List<string>();
        var mine = new HashSet<(string, string, string)> { ("hf:demo/tiny", "main", "*.json") };

        await LockedFetch.NameOthersAsync(scratch.PathOf("lock.json"), mine, said.Add, TestContext.Current.CancellationToken);
        int before = CheckpointLock.Read(scratch.PathOf("lock.json")).Models.Length;
        repository.Commit(Second, ServedFile.Small("config.json", "{\"new\": 1}"), Weights);
        await RestoreAsync(server, scratch, LockMode.Update, files: "*.json");
        await LockedFetch.NameOthersAsync(scratch.PathOf("lock.json"), mine, said.Add, TestContext.Current.CancellationToken);

        Assert.Equal(2, before);
        Assert.Equal("*.json", Assert.Single(CheckpointLock.Read(scratch.PathOf("lock.json")).Models).Selection);
        Assert.All(said, line => Assert.StartsWith("hf:demo/tiny@main: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_revision_at_two_commits_is_refused()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        await RestoreAsync(server, scratch, LockMode.AddMissing, files: "*.json");
        CheckpointLock both = CheckpointLock.Read(scratch.PathOf("lock.json"));
        new CheckpointLock([both.Models[0], both.Models[1] with { Commit = Second }]).Write(scratch.PathOf("lock.json"));

        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => RestoreAsync(server, scratch, LockMode.Locked));

        Assert.Equal("CKPT6040", error.Code);
        Assert.Contains(Second, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_file_may_begin_with_the_mark_of_its_encoding()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository());
        await RestoreAsync(server, scratch, LockMode.AddMissing);
        byte[] bytes = await File.ReadAllBytesAsync(scratch.PathOf("lock.json"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(scratch.PathOf("lock.json"), [0xef, 0xbb, 0xbf, .. bytes], TestContext.Current.CancellationToken);

        Assert.Single(CheckpointLock.Read(scratch.PathOf("lock.json")).Models);
    }
}
