using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Hub;

/// <summary>Every recorded run of the official client, done by ours: the same requests for each file, and the same cache afterwards.</summary>
public sealed class HubTests
{
    // Runs that found the cache as another run had left it.
    private static readonly Dictionary<string, string> Follows = new()
    {
        ["snapshot-main-again.json"] = "snapshot-main.json",
        ["snapshot-commit-cached.json"] = "snapshot-main-again.json",
        ["snapshot-v2-shares-blobs.json"] = "snapshot-commit-cached.json",
        ["offline.json"] = "snapshot-v2-shares-blobs.json",
    };

    public static TheoryData<string> Runs => HubCase.Topic.Cases(t => t.Files("*.json"));

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A_recorded_run_asks_the_same_and_leaves_the_same_cache(string run)
    {
        if (HubCase.Topic.SaysAbsent(run))
        {
            return;
        }

        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(HubContents.Repository);
        var recorded = HubCase.Read(run);
        if (Follows.TryGetValue(run, out string? before))
        {
            HubCase.Read(before).Restore(scratch.Folder);
        }

        int exitCode = await FetchAsync(server, recorded, scratch);

        if (recorded.HasFaults)
        {
            // The server of this test does not fail: whatever the official client gave up on is there.
            Assert.Equal(0, exitCode);
            return;
        }

        Assert.Equal(recorded.ExitCode, exitCode);
        Assert.Equal(recorded.Cache, HubCase.CacheIn(scratch.Folder));
        Assert.Equal(
            recorded.Sequences.OrderBy(s => s.Key).Select(s => s.Value),
            HubCase.SequencesOf(server.Requests.Select(r => (r.Host, r.Method, r.Path, r.Status, r.Authorization))).OrderBy(s => s.Key).Select(s => s.Value));
    }

    private static async Task<int> FetchAsync(HubServer server, HubCase run, Scratch scratch)
    {
        using var client = new HubClient(run.Apply(server.Settings(scratch.PathOf("hub"))));
        try
        {
            await client.FetchAsync(run.Request(scratch.Folder), FetchObserver.None, TestContext.Current.CancellationToken);
            return 0;
        }
        catch (CheckpointException)
        {
            return 1;
        }
    }
}
