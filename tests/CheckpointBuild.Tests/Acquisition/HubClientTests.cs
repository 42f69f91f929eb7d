using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>What the Hub may answer, and what users are told.</summary>
public sealed partial class HubClientTests
{
    private static readonly ServedFile Config = ServedFile.Small("config.json", "{}\n");
    private static readonly ServedFile Weights = ServedFile.Large("model.safetensors", 300_000, 1);
    private static readonly ServedRepository Tiny = ServedRepository.Of("demo/tiny", Config, Weights, ServedFile.Small("README.md", "# tiny\n"));

    public static TheoryData<string, string, string?, string> Refusals => new()
    {
        { "hf:demo/absent", "main", null, "CKPT6004" },
        { "hf:demo/tiny", "nope", null, "CKPT6005" },
        { "hf:demo/tiny", "main", "absent.bin", "CKPT6006" },
        { "hf:demo/tiny", "main", "*.absent", "CKPT6020" },
        { "hf:demo/gated", "main", null, "CKPT6007" },
        { "hf:demo/tiny", "../../x", null, "CKPT6005" },
        { "hf:demo/tiny", "main", "../x", "CKPT6014" },
    };

    public static TheoryData<int, string?, string?, string> Answers => new()
    {
        { 404, "RepoNotFound", null, "CKPT6003" },
        { 403, "DisabledRepo", null, "CKPT6008" },
        { 403, null, "Access to this resource is disabled.", "CKPT6008" },
        { 401, null, null, "CKPT6009" },
        { 403, null, null, "CKPT6009" },
        { 429, null, null, "CKPT6010" },
        { 503, null, null, "CKPT6011" },
        { 418, null, null, "CKPT6011" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_not_there_is_told_apart_by_code(string model, string revision, string? files, string code)
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), new FetchRequest(ModelReference.Parse(model)!, new FileSelection(SelectionStart.Everything, files)) { Revision = revision }, code);

        Assert.DoesNotContain(Directory.Exists(scratch.PathOf("hub")) ? Directory.EnumerateFiles(scratch.PathOf("hub"), "*", SearchOption.AllDirectories) : [], f => f.Contains("blobs", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_that_is_no_success_has_its_code(int status, string? error, string? message, string code)
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        server.Before = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["X-Error-Code"] = error;
            context.Response.Headers["X-Error-Message"] = message;
            return Task.FromResult(true);
        };

        await RefusedAsync(server.Settings(scratch.PathOf("hub")) with { Token = "hf_example" }, Request(), code);
    }

    [Theory]
    [InlineData("hf:")]
    [InlineData("hf:a/b/c")]
    [InlineData("hf:../etc")]
    [InlineData("hf:a/..")]
    [InlineData("nuget:a/b")]
    public void A_name_that_cannot_be_one_is_refused(string text) =>
        Assert.Equal("CKPT6001", Assert.Throws<CheckpointException>(() => ModelReference.Parse(text)).Code);

    [Theory]
    [InlineData("HF_ENDPOINT", "huggingface.co")]
    [InlineData("HF_ENDPOINT", "https://user:secret@example.org")]
    [InlineData("HF_HUB_DOWNLOAD_TIMEOUT", "soon")]
    public void A_variable_that_cannot_be_used_is_refused_without_its_secrets(string name, string value)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => HubSettings.FromEnvironment(n => n == name ? value : null));

        Assert.Equal("CKPT6002", error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_those_of_the_official_client()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.PathOf("token"), "hf_file\n");
        var variables = new Dictionary<string, string> { ["HF_HOME"] = scratch.Folder, ["HF_HUB_OFFLINE"] = "Yes", ["HF_ENDPOINT"] = "https://mirror.example/hub/" };

        HubSettings settings = HubSettings.FromEnvironment(variables.GetValueOrDefault);

        Assert.Equal((scratch.PathOf("hub"), "hf_file", true, "https://mirror.example/hub"), (settings.CacheFolder, settings.Token, settings.Offline, settings.Endpoint.AbsoluteUri));
        Assert.DoesNotContain("hf_file", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_goes_to_the_endpoint_alone()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        server.NeedsToken = "hf_example";

        await FetchAsync(server.Settings(scratch.PathOf("hub")) with { Token = "hf_example" }, Request());

        Assert.All(server.Requests.Where(r => r.Host == "<endpoint>"), r => Assert.Equal("Bearer hf_example", r.Authorization));
        Assert.All(server.Requests.Where(r => r.Host == "<cdn>"), r => Assert.Null(r.Authorization));
        Assert.Contains(server.Requests, r => r.Host == "<cdn>");
    }

    [Fact]
    public async Task Content_that_hashes_to_something_else_never_enters_the_cache()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", Weights));
        server.Write = async (context, bytes) =>
        {
            byte[] copy = bytes.ToArray();
            copy[^1] ^= 1;
            await context.Response.Body.WriteAsync(copy);
        };

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), Request(), "CKPT6016");

        Assert.Empty(Directory.EnumerateFiles(scratch.PathOf("hub/models--demo--tiny/blobs")));
    }

    [Fact]
    public async Task What_is_known_to_be_absent_is_kept_as_the_official_client_does()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        string commit = new('a', 40);
        server.Before = context =>
        {
            bool absent = context.Request.Path.Value!.EndsWith("absent.json", StringComparison.Ordinal);
            if (absent)
            {
                context.Response.StatusCode = 404;
                context.Response.Headers["X-Error-Code"] = "EntryNotFound";
                context.Response.Headers["X-Repo-Commit"] = commit;
            }

            return Task.FromResult(absent);
        };
        var request = new FetchRequest(ModelReference.Parse("hf:demo/tiny")!, new FileSelection(SelectionStart.Everything, "absent.json"));

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), request, "CKPT6006");

        Assert.Equal(0, new FileInfo(scratch.PathOf($"hub/models--demo--tiny/.no_exist/{commit}/absent.json")).Length);
        Assert.Equal(commit, await File.ReadAllTextAsync(scratch.PathOf("hub/models--demo--tiny/refs/main"), TestContext.Current.CancellationToken));
        CacheLayout.AssertRight(scratch.PathOf("hub"));

        // A cache that cannot be written hides nothing.
        Directory.Delete(scratch.PathOf("hub"), recursive: true);
        await File.WriteAllTextAsync(scratch.PathOf("hub"), "a file", TestContext.Current.CancellationToken);
        await RefusedAsync(server.Settings(scratch.PathOf("hub")), request, "CKPT6006");
    }

    [Theory]
    [InlineData("logs/12:30.txt")]
    [InlineData("a\\b.txt")]
    [InlineData("CON")]
    [InlineData("com1.log")]
    [InlineData("nul.tar.gz")]
    [InlineData("ends.")]
    [InlineData("ends /x")]
    public async Task A_name_that_no_system_takes_is_refused_where_it_is_wanted(string name)
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", Config, ServedFile.Small(name, "x")));
        FetchRequest Some(string? files) => new(ModelReference.Parse("hf:demo/tiny")!, new FileSelection(SelectionStart.Everything, files));

        CheckpointException error = await RefusedAsync(server.Settings(scratch.PathOf("hub")), Some(null), "CKPT6014");
        await FetchAsync(server.Settings(scratch.PathOf("hub")), Some("*.json"));

        Assert.DoesNotContain("harm", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hf_\u00fcber")]
    [InlineData("hf_two words")]
    public async Task A_token_that_cannot_stand_in_a_header_is_a_coded_error(string token)
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);

        CheckpointException error = await RefusedAsync(server.Settings(scratch.PathOf("hub")) with { Token = token }, Request(), "CKPT6002");

        Assert.DoesNotContain(token, error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_proxy_that_forbids_is_not_told_as_a_gated_repository()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        server.Before = context =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(true);
        };

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), Request(), "CKPT6011");
    }

    [Fact]
    public async Task A_list_that_leaves_the_repository_is_refused()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", ServedFile.Small("../config.json", "{}")));

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), Request(), "CKPT6014");
    }

    [Fact]
    public async Task An_answer_of_something_else_is_refused()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        server.Before = async context =>
        {
            await context.Response.WriteAsync("<html>");
            return true;
        };

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), Request(), "CKPT6013");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_without_an_address()
    {
        using var scratch = new Scratch();
        HubSettings settings = new() { CacheFolder = scratch.PathOf("hub"), Endpoint = new Uri("http://127.0.0.1:9"), Pause = (_, _) => Task.CompletedTask };

        await RefusedAsync(settings, Request(), "CKPT6012");
    }

    [Fact]
    public async Task Without_the_network_the_missing_file_is_named()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        HubSettings settings = server.Settings(scratch.PathOf("hub"));
        await FetchAsync(settings, new FetchRequest(ModelReference.Parse("hf:demo/tiny")!, new FileSelection(SelectionStart.Everything, "*.json")));
        server.Forget();

        CheckpointException error = await RefusedAsync(settings with { Offline = true }, Request(), "CKPT6015");

        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_cache_of_an_older_client_which_keeps_no_list_is_used_without_the_network()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        HubSettings settings = server.Settings(scratch.PathOf("hub"));
        FetchedModel before = await FetchAsync(settings, Request());
        Directory.Delete(scratch.PathOf("hub/models--demo--tiny/trees"), recursive: true);
        server.Forget();

        FetchedModel model = await FetchAsync(settings with { Offline = true }, Request());

        Assert.Equal(before.Files, model.Files);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_file_that_changes_between_list_and_download_is_refused_with_both_hashes()
    {
        using var scratch = new Scratch();
        var repository = ServedRepository.Of("demo/tiny", Config);
        await using HubServer server = await HubServer.StartAsync(repository);
        server.Before = context =>
        {
            if (context.Request.Method == "HEAD")
            {
                repository.Commits[new string('a', 40)] = [ServedFile.Small("config.json", "{ }")];
            }

            return Task.FromResult(false);
        };

        CheckpointException error = await RefusedAsync(server.Settings(scratch.PathOf("hub")), Request(), "CKPT6017");

        Assert.Contains(Config.BlobId, error.Message, StringComparison.Ordinal);
        Assert.Contains(ServedFile.Small("config.json", "{ }").BlobId, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_named()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        await File.WriteAllTextAsync(scratch.PathOf("hub"), "a file", TestContext.Current.CancellationToken);

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), Request(), "CKPT6030");
    }

    [Fact]
    public async Task A_full_disk_is_found_before_the_first_byte()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Tiny);
        server.Before = async context =>
        {
            if (!context.Request.Path.Value!.Contains("/tree/", StringComparison.Ordinal))
            {
                return false;
            }

            await context.Response.WriteAsync($$"""[{"type":"file","path":"huge","size":{{HubTree.MostFileBytes}},"oid":"{{Config.BlobId}}"}]""");
            return true;
        };

        await RefusedAsync(server.Settings(scratch.PathOf("hub")), Request(), "CKPT4003");

        Assert.DoesNotContain(server.Requests, r => r.Method == "HEAD");
    }

    private static FetchRequest Request() => new(ModelReference.Parse("hf:demo/tiny")!, FileSelection.Everything);

    private static async Task<FetchedModel> FetchAsync(HubSettings settings, FetchRequest request)
    {
        using var client = new HubClient(settings);
        return await client.FetchAsync(request, FetchObserver.None, TestContext.Current.CancellationToken);
    }

    private static async Task<CheckpointException> RefusedAsync(HubSettings settings, FetchRequest request, string code)
    {
        CheckpointException error = await Assert.ThrowsAsync<CheckpointException>(() => FetchAsync(settings, request));
        Assert.True(error.Code == code, $"{code} is needed: {error.Code}: {error.Message}");
        Assert.DoesNotContain("hf_example", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
        return error;
    }
}
