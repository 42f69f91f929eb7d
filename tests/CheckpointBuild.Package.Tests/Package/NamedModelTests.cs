using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Acquisition;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>Items that name a model of the Hub, in real builds against a local server: restored, locked, offline.</summary>
public sealed class NamedModelTests(PackageFeed feed) : IAsyncLifetime
{
    private const string Token = "hf_never-seen";
    private static readonly string Commit = new('a', 40);
    private readonly StrangerFolder _folder = new(feed);
    private HubServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        ServedFile[] files = [.. Files(), ServedFile.Small("original/params.json", "{}\n")];
        _server = await HubServer.StartAsync(ServedRepository.Of("demo/doc-llama", files), ServedRepository.Of("HuggingFaceTB/SmolLM2-135M-Instruct", files));
        _server.NeedsToken = Token;
        _folder.DotNet.With("HF_ENDPOINT", _server.Endpoint.AbsoluteUri).With("HF_TOKEN", Token);
        UseCache("hub");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void A_named_item_is_restored_locked_and_built_once()
    {
        WriteProject("app", "hf:demo/doc-llama");

        BuildRecord first = _folder.Record("build", "app");
        first.Result.Succeeded();
        int asked = _server.Requests.Count;
        _folder.TraceHosts();
        CommandResult second = _folder.Run("build", "app").Succeeded();

        _folder.WriteProject("plain", """Engine="gguf" Quantization="q8_0" """);
        _folder.Run("build", "plain").Succeeded();
        Assert.Equal(StrangerFolder.Sha256(_folder.Engine("plain")), StrangerFolder.Sha256(_folder.Engine("app")));
        Assert.Contains($"\"commit\": \"{Commit}\"", File.ReadAllText(Lock("app")), StringComparison.Ordinal);
        Assert.Contains("bytes to fetch", first.Result.Output, StringComparison.Ordinal);
        Assert.Equal(asked, _server.Requests.Count);
        Assert.DoesNotContain("fetch", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Requests, r => r.Path.Contains("original", StringComparison.Ordinal));
        Assert.DoesNotContain(Token, first.Result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, Unpacked("1.binlog"), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, File.ReadAllText(Lock("app")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_build_server_resolves_no_name()
    {
        WriteProject("app", "hf:demo/doc-llama");

        CommandResult withoutLock = _folder.Run("build", "app", "-p:ContinuousIntegrationBuild=true");
        _folder.Run("build", "app", "-t:RestoreModelCheckpoints").Succeeded();
        Assert.False(Directory.Exists(_folder.Below("app", "bin", "Debug", "net10.0", "models")));
        UseCache("fresh");
        _server.Forget();
        _folder.Run("build", "app", "-p:ContinuousIntegrationBuild=true").Succeeded();

        Assert.NotEqual(0, withoutLock.ExitCode);
        Assert.Contains("CKPT6041", withoutLock.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Requests, r => r.Path.StartsWith("/api/", StringComparison.Ordinal));
        Assert.True(File.Exists(_folder.Engine("app")));
    }

    [Fact]
    public void Offline_a_complete_cache_is_enough_and_a_cold_one_is_an_error_that_names_the_file()
    {
        WriteProject("app", "hf:demo/doc-llama");
        _folder.Run("build", "app", "-t:RestoreModelCheckpoints").Succeeded();
        _server.Forget();

        _folder.Run("build", "app", "-p:CheckpointBuildOffline=true").Succeeded();
        UseCache("cold");
        CommandResult cold = _folder.Run("build", "app", "-p:CheckpointBuildOffline=true", "-p:CheckpointBuildForce=true");
        CommandResult noRestore = _folder.Run("build", "app", "-p:CheckpointBuildRestore=false", "-p:CheckpointBuildForce=true");

        Assert.All([cold, noRestore], r => Assert.Contains("CKPT6015", r.Output, StringComparison.Ordinal));
        Assert.Contains("model.safetensors", cold.Output, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void The_lock_is_updated_on_request_alone_and_says_what_changed()
    {
        WriteProject("app", "hf:demo/doc-llama");
        _folder.Run("build", "app").Succeeded();
        string before = File.ReadAllText(Lock("app"));
        _server.Replace(new ServedRepository("demo/doc-llama").Commit(new string('b', 40), [.. Files().Where(f => f.Path != "README.md")]));

        _folder.Run("build", "app").Succeeded();
        string unchanged = File.ReadAllText(Lock("app"));
        CommandResult updated = _folder.Run("build", "app", "-p:CheckpointBuildUpdateLock=true").Succeeded();

        Assert.Equal(before, unchanged);
        Assert.Contains(new string('b', 40), updated.Output, StringComparison.Ordinal);
        Assert.Contains(new string('b', 40), File.ReadAllText(Lock("app")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_names_its_model_and_runs_it()
    {
        Assert.NotEmpty(Directory.GetFiles(feed.FolderWithLibraries, "CheckpointBuild.Runtime.*"));
        RepositoryPaths.CopyFolder(Path.Combine(RepositoryPaths.Samples, "HubModel"), _folder.Below("HubModel"));
        string project = _folder.Below("HubModel", "HubModel.csproj");
        File.WriteAllText(project, File.ReadAllText(project).Replace("Version=\"1.0.0\"", $"Version=\"{feed.Version}\"", StringComparison.Ordinal));

        CommandResult run = _folder.Run("run", "--project", "HubModel", "--", "method File.ReadAllText(path)").Succeeded();

        Assert.Contains("Reads a file", run.Output, StringComparison.Ordinal);
        Assert.Contains("hf:HuggingFaceTB/SmolLM2-135M-Instruct", File.ReadAllText(_folder.Below("HubModel", "checkpoints.lock.json")), StringComparison.Ordinal);
    }

    private IEnumerable<ServedFile> Files() => Directory.EnumerateFiles(_folder.Checkpoint).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal)));

    private string Lock(string project) => _folder.Below(project, "checkpoints.lock.json");

    private void UseCache(string name) => _folder.DotNet.With("HF_HUB_CACHE", _folder.Below(name));

    private void WriteProject(string name, string include) => _folder.WriteProject(name, null, extra: $"""<ItemGroup><ModelCheckpoint Include="{include}" Engine="gguf" Quantization="q8_0" /></ItemGroup>""");

    private string Unpacked(string log)
    {
        using var stream = new GZipStream(File.OpenRead(_folder.Below(log)), CompressionMode.Decompress);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
