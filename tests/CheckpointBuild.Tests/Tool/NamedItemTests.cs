using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Tests.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary><c>ckpt worker</c> for items that name a model: what the package's tasks hear.</summary>
public sealed class NamedItemTests
{
    [Fact]
    public async Task A_named_item_is_fetched_locked_and_built()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));

        CkptResult result = await WorkAsync(server, scratch, "BuildEngine");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("bytes to fetch", result.Output, StringComparison.Ordinal);
        Assert.Contains("@ckpt\tproduct\t0", result.Output, StringComparison.Ordinal);
        Assert.Equal("hf:demo/tiny", Assert.Single(CheckpointLock.Read(scratch.PathOf("checkpoints.lock.json")).Models).Source);
    }

    [Fact]
    public async Task An_item_that_keeps_no_source_leaves_none_in_the_cache()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        KeepSource = "false";

        CkptResult result = await WorkAsync(server, scratch, "BuildEngine");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("@ckpt\tproduct\t0", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(scratch.PathOf("home"), "*", SearchOption.AllDirectories), f => new FileInfo(f) is { LinkTarget: null, Length: > 10_000 });
    }

    [Fact]
    public async Task A_complete_cache_and_a_lock_need_no_request()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        await WorkAsync(server, scratch, "BuildEngine");
        server.Forget();

        CkptResult result = await WorkAsync(server, scratch, "BuildEngine", ("offline", true));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_product_that_is_in_the_store_needs_the_headers_of_the_weights_alone()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch, new TinyLlama { FeedForward = 16384 }));
        await WorkAsync(server, scratch, "BuildEngine");
        Directory.Delete(scratch.PathOf("home"), recursive: true);
        server.Forget();

        CkptResult result = await WorkAsync(server, scratch, "BuildEngine", ("locked", true));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Matches("@ckpt\tproduct\t0\t[0-9a-f]{64}\ttrue", result.Output);
        Assert.InRange(server.Requests.Where(r => r.Host == "<cdn>").Sum(r => r.Sent), 1, 1 << 20);
    }

    [Fact]
    public async Task A_named_adapter_is_locked_too()
    {
        using var scratch = new Scratch();
        string adapter = new TinyAdapter().Write(scratch.PathOf("adapter"));
        ServedFile[] lora = [.. Directory.EnumerateFiles(adapter).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal)))];
        await using HubServer server = await HubServer.StartAsync(Repository(scratch), ServedRepository.Of("demo/lora", lora));
        Adapter = "hf:demo/lora";

        CkptResult restored = await WorkAsync(server, scratch, "RestoreCheckpoints");
        server.Forget();
        CkptResult built = await WorkAsync(server, scratch, "BuildEngine", ("locked", true), ("offline", true));

        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.True(built.ExitCode == 0, built.ToString());
        Assert.Equal(["hf:demo/lora", "hf:demo/tiny"], CheckpointLock.Read(scratch.PathOf("checkpoints.lock.json")).Models.Select(m => m.Source));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_restore_makes_no_product()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));

        CkptResult result = await WorkAsync(server, scratch, "RestoreCheckpoints");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("@ckpt\tproduct", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(scratch.PathOf("checkpoints.lock.json")));
    }

    [Fact]
    public async Task Locked_mode_without_a_lock_is_an_error_with_the_command_to_run()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));

        CkptResult result = await WorkAsync(server, scratch, "BuildEngine", ("locked", true));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT6041", result.Output, StringComparison.Ordinal);
        Assert.Contains("ckpt restore", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cache_is_listed_verified_and_pruned()
    {
        using var scratch = new Scratch();
        ServedRepository repository = Repository(scratch);
        await using HubServer server = await HubServer.StartAsync(repository);
        CkptProcess ckpt = Ckpt(server, scratch);
        await ckpt.RunAsync("fetch", "hf:demo/tiny");
        repository.Commit(new string('b', 40), [.. repository.Commits[new string('a', 40)].Skip(1)]);
        await ckpt.RunAsync("fetch", "hf:demo/tiny");

        CkptResult list = await ckpt.RunAsync("cache", "list");
        CkptResult right = await ckpt.RunAsync("cache", "verify");
        CkptResult pruned = await ckpt.RunAsync("cache", "prune");
        CkptResult again = await ckpt.RunAsync("cache", "prune", "--dry-run");

        Assert.StartsWith("hf:demo/tiny\t", list.Output, StringComparison.Ordinal);
        Assert.Contains($"main={new string('b', 40)}", list.Output, StringComparison.Ordinal);
        Assert.True(right.ExitCode == 0, right.ToString());
        Assert.Contains(new string('a', 40), pruned.Output, StringComparison.Ordinal);
        Assert.Empty(again.Output);
        server.Forget();
        Assert.Equal(0, (await ckpt.RunAsync("fetch", "hf:demo/tiny", "--offline")).ExitCode);
    }

    [Fact]
    public async Task A_damaged_content_of_the_cache_is_found()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        CkptProcess ckpt = Ckpt(server, scratch);
        await ckpt.RunAsync("fetch", "hf:demo/tiny");
        string blob = Directory.EnumerateFiles(scratch.PathOf("home/hub/models--demo--tiny/blobs")).First();
        await File.AppendAllTextAsync(blob, "x", TestContext.Current.CancellationToken);

        CkptResult result = await ckpt.RunAsync("cache", "verify");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT6032", result.Error, StringComparison.Ordinal);
        Assert.StartsWith(blob, result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("empty", "CKPT6044")]
    [InlineData("broken/broken.csproj", "CKPT6043")]
    public async Task A_restore_of_what_is_no_project_is_refused(string path, string code)
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.PathOf("empty"));
        Directory.CreateDirectory(scratch.PathOf("broken"));
        await File.WriteAllTextAsync(scratch.PathOf("broken/broken.csproj"), "<Project>", TestContext.Current.CancellationToken);

        CkptResult result = await Tool.Ckpt.RunAsync("restore", scratch.PathOf(path));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("restored locked= update= offline=")]
    [InlineData("restored locked=true update= offline=", "--locked")]
    [InlineData("restored locked= update=true offline=", "--update")]
    [InlineData("locked= update= offline=true", "--offline")]
    public async Task A_restore_says_to_the_project_what_was_typed_and_no_more(string heard, params string[] options)
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("one.csproj"), """
            <Project>
              <Target Name="Restore"><Message Importance="high" Text="restored" /></Target>
              <Target Name="RestoreModelCheckpoints"><Message Importance="high" Text="locked=$(CheckpointBuildLockedMode) update=$(CheckpointBuildUpdateLock) offline=$(CheckpointBuildOffline)" /></Target>
            </Project>
            """, TestContext.Current.CancellationToken);

        CkptResult result = await Tool.Ckpt.RunAsync(["restore", scratch.Folder, .. options]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(heard, string.Join(' ', result.Error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task A_restore_that_both_updates_and_is_locked_is_a_mistake() => Assert.Equal(2, (await Tool.Ckpt.RunAsync("restore", ".", "--update", "--locked")).ExitCode);

    [Fact]
    public async Task An_update_of_all_items_names_entries_that_none_of_them_names()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        await WorkAsync(server, scratch, "RestoreCheckpoints");
        CheckpointLock made = CheckpointLock.Read(scratch.PathOf("checkpoints.lock.json"));
        made.With(made.Models[0] with { Revision = "gone" }).Write(scratch.PathOf("checkpoints.lock.json"));

        await WorkAsync(server, scratch, "RestoreCheckpoints", ("updateLock", true));
        CkptResult result = await WorkAsync(server, scratch, "RestoreCheckpoints", ("updateLock", true), ("whole", true));

        Assert.Contains("hf:demo/tiny@gone: no item here names it", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, CheckpointLock.Read(scratch.PathOf("checkpoints.lock.json")).Models.Length);
    }

    [Fact]
    public async Task A_plan_writes_no_lock()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        await WorkAsync(server, scratch, "RestoreCheckpoints");
        File.Delete(scratch.PathOf("checkpoints.lock.json"));

        CkptResult result = await WorkAsync(server, scratch, "BuildEngine", ("plan", true), ("offline", true));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.False(File.Exists(scratch.PathOf("checkpoints.lock.json")));
    }

    [Fact]
    public async Task What_arrives_while_it_is_built_is_reported_too()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        await WorkAsync(server, scratch, "RestoreCheckpoints");
        Directory.Delete(scratch.PathOf("home"), recursive: true);

        CkptResult result = await WorkAsync(server, scratch, "BuildEngine", ("locked", true));

        Assert.Matches("@ckpt\tprogress\t0\t100\tof hf:demo/tiny fetched", result.Output);
    }

    private static CkptProcess Ckpt(HubServer server, Scratch scratch) =>
        new(("HF_HOME", scratch.PathOf("home")), ("HF_ENDPOINT", server.Endpoint.AbsoluteUri), ("XDG_CACHE_HOME", scratch.PathOf("cache")));

    private string? Adapter { get; set; }

    private string? KeepSource { get; set; }

    private async Task<CkptResult> WorkAsync(HubServer server, Scratch scratch, string task, params (string Name, bool Value)[] flags)
    {
        var request = new JsonObject
        {
            ["protocol"] = 1,
            ["task"] = task,
            ["store"] = scratch.PathOf("store"),
            ["lockFile"] = scratch.PathOf("checkpoints.lock.json"),
            ["items"] = new JsonArray(new JsonObject { ["source"] = "hf:demo/tiny", ["engineName"] = "tiny", ["metadata"] = Metadata() }),
        };
        foreach ((string name, bool value) in flags)
        {
            request[name] = value;
        }

        await File.WriteAllTextAsync(scratch.PathOf("request.json"), request.ToJsonString(), TestContext.Current.CancellationToken);
        return await Ckpt(server, scratch).RunWithOpenInputAsync("worker", "--request", scratch.PathOf("request.json"));
    }

    private JsonObject Metadata()
    {
        var metadata = new JsonObject { ["Engine"] = "gguf", ["Revision"] = "main" };
        if (Adapter is not null)
        {
            metadata[nameof(Adapter)] = Adapter;
        }

        if (KeepSource is not null)
        {
            metadata[nameof(KeepSource)] = KeepSource;
        }

        return metadata;
    }

    private static ServedRepository Repository(Scratch scratch, TinyLlama? model = null)
    {
        string folder = (model ?? new TinyLlama()).Write(scratch.PathOf("tiny"));
        return ServedRepository.Of("demo/tiny",
        [
            ServedFile.Small("README.md", "# tiny\n"),
            .. Directory.EnumerateFiles(folder).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal))),
        ]);
    }
}
