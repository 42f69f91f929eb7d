using System;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Models in packages, as a project's items name them: with its lock file, and with what its own restore chose.</summary>
public sealed class LockedPackageTests : IDisposable
{
    private const string Id = "Contoso.Models.Writer";
    private readonly Scratch _scratch = new();

    public LockedPackageTests() => File.WriteAllText(_scratch.PathOf("nuget.config"), """<configuration><packageSources><clear /><add key="feed" value="feed" /></packageSources></configuration>""");

    private string Lock => _scratch.PathOf("checkpoints.lock.json");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_version_that_was_packed_again_with_one_file_more_is_refused()
    {
        await PackAsync("1.2.0");
        AssertDone(await RestoreAsync());
        Directory.Delete(_scratch.PathOf("packages"), recursive: true);
        await File.WriteAllTextAsync(_scratch.PathOf("tiny/chat_template.jinja"), "{{ messages }}", TestContext.Current.CancellationToken);
        await PackAsync("1.2.0");

        CkptResult result = await RestoreAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT6042", result.Output, StringComparison.Ordinal);
        Assert.Contains("chat_template.jinja", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_that_moved_on_is_an_error_in_locked_mode_and_a_change_of_the_lock_otherwise()
    {
        await PackAsync("1.2.0");
        await PackAsync("1.3.0");
        Reference("1.2.0");
        AssertDone(await RestoreAsync());
        Reference("1.3.0");

        CkptResult locked = await RestoreAsync(("locked", true));
        CkptResult free = await RestoreAsync();

        Assert.Equal(1, locked.ExitCode);
        Assert.Contains("CKPT6046", locked.Output, StringComparison.Ordinal);
        AssertDone(free);
        Assert.Contains("1.2.0 is 1.3.0 now", free.Output, StringComparison.Ordinal);
        Assert.Equal("1.3.0", Assert.Single(CheckpointLock.Read(Lock).Models).Commit);
    }

    [Fact]
    public async Task A_package_is_found_where_the_projects_restore_put_it()
    {
        await PackAsync("1.2.0");
        AssertDone(await RestoreAsync());
        Directory.Move(_scratch.PathOf("packages"), _scratch.PathOf("elsewhere"));
        Directory.Delete(_scratch.PathOf("feed"), recursive: true);
        Reference("1.2.0", _scratch.PathOf("elsewhere"));

        AssertDone(await RestoreAsync(("offline", true)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"libraries": {"Contoso.Models.Writer/one": {}}}""")]
    [InlineData("""{"project": {"frameworks": {"net10.0": {"downloadDependencies": [{"name": "Contoso.Models.Writer", "version": "one"}]}}}}""")]
    public async Task What_a_restore_left_and_cannot_be_read_says_nothing(string assets)
    {
        await PackAsync("1.2.0");
        await File.WriteAllTextAsync(_scratch.PathOf("project.assets.json"), assets, TestContext.Current.CancellationToken);

        AssertDone(await RestoreAsync());
    }

    [Fact]
    public async Task A_plan_writes_no_lock()
    {
        await PackAsync("1.2.0");
        AssertDone(await RestoreAsync());
        File.Delete(Lock);
        Reference("1.2.0");

        AssertDone(await WorkAsync("BuildEngine", ("plan", true), ("offline", true)));

        Assert.False(File.Exists(Lock));
    }

    private static void AssertDone(CkptResult result) => Assert.True(result.ExitCode == 0, result.ToString());

    private void Reference(string version, string? folder = null) => File.WriteAllText(_scratch.PathOf("project.assets.json"), new JsonObject
    {
        ["libraries"] = new JsonObject { [$"{Id}/{version}"] = new JsonObject() },
        ["packageFolders"] = folder is null ? [] : new JsonObject { [folder + "/"] = new JsonObject() },
    }.ToJsonString());

    private async Task PackAsync(string version)
    {
        if (!Directory.Exists(_scratch.PathOf("tiny")))
        {
            new TinyLlama().Write(_scratch.PathOf("tiny"));
        }

        await Ckpt.DoneAsync("pack", _scratch.PathOf("tiny"), "--id", Id, "--version", version, "--output", _scratch.PathOf("feed"));
    }

    private Task<CkptResult> RestoreAsync(params (string Name, bool Value)[] flags) => WorkAsync("RestoreCheckpoints", flags);

    private async Task<CkptResult> WorkAsync(string task, params (string Name, bool Value)[] flags)
    {
        var request = new JsonObject
        {
            ["protocol"] = 1,
            ["task"] = task,
            ["store"] = _scratch.PathOf("store"),
            ["lockFile"] = Lock,
            ["assetsFile"] = _scratch.PathOf("project.assets.json"),
            ["items"] = new JsonArray(new JsonObject { ["source"] = $"nuget:{Id}", ["engineName"] = "tiny", ["metadata"] = new JsonObject { ["Engine"] = "gguf" } }),
        };
        foreach ((string name, bool value) in flags)
        {
            request[name] = value;
        }

        await File.WriteAllTextAsync(_scratch.PathOf("request.json"), request.ToJsonString(), TestContext.Current.CancellationToken);
        (string, string)[] environment = [("NUGET_PACKAGES", _scratch.PathOf("packages")), ("NUGET_HTTP_CACHE_PATH", _scratch.PathOf("http")), ("XDG_CACHE_HOME", _scratch.PathOf("cache"))];
        return await new CkptProcess(environment) { Folder = _scratch.Folder }.RunWithOpenInputAsync("worker", "--request", _scratch.PathOf("request.json"));
    }
}
