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

        Fail(server, recorded.Cuts, recorded.Refusals);
        int exitCode = await FetchAsync(server, recorded, scratch);

        if (recorded.HasFaults)
        {
            AssertRight(server, recorded, scratch, exitCode);
            return;
        }

        Assert.Equal(recorded.ExitCode, exitCode);
        Assert.Equal(recorded.Cache, HubCase.CacheIn(scratch.Folder));
        Assert.Equal(
            recorded.Sequences.OrderBy(s => s.Key).Select(s => s.Value),
            HubCase.SequencesOf(server.Requests.Select(r => (r.Host, r.Method, r.Path, r.Status, r.Authorization))).OrderBy(s => s.Key).Select(s => s.Value));
    }

    // As the recorded server: so many contents are cut after their first half, so many are answered with 503 before they are sent.
    private static void Fail(HubServer server, int cuts, int refusals)
    {
        server.Before = context =>
        {
            bool refuses = context.Connection.LocalPort == server.Cdn.Port && refusals-- > 0;
            context.Response.StatusCode = refuses ? 503 : 200;
            return Task.FromResult(refuses);
        };
        server.Write = async (context, bytes) =>
        {
            bool isCut = context.Connection.LocalPort == server.Cdn.Port && cuts-- > 0;

            // Less than was announced: the server closes the connection behind it, and the client gets all that was written. An abort would take back what is still under way.
            await context.Response.Body.WriteAsync(isCut ? bytes[..(bytes.Length / 2)] : bytes);
        };
    }

    // The official client asks for everything again, or gives up. Ours ends right, and asks for what it has not got.
    private static void AssertRight(HubServer server, HubCase recorded, Scratch scratch, int exitCode)
    {
        Assert.Equal(0, exitCode);
        ServedRequest[] contents = [.. server.Requests.Where(r => r.Host == "<cdn>")];
        long size = HubContents.Repository.Large(contents[0].Path["/cdn/".Length..].Split('?')[0])!.Content.Length;
        Assert.Equal(recorded.Cuts + recorded.Refusals + 1, contents.Length);
        Assert.Equal(recorded.Cuts > 0 ? $"bytes={size / 2}-{size - 1}" : null, contents[^1].Range);
        if (recorded.ExitCode == 0)
        {
            Assert.Equal(recorded.Cache, HubCase.CacheIn(scratch.Folder));
        }
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
