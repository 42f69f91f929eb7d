using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Repositories, caches and networks that are not as they should be: what users are told, and that nothing half-written stays.</summary>
public sealed class HardFetchTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _folder;

    public HardFetchTests() => _folder = new TinyLlama().Write(_scratch.PathOf("tiny"));

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            foreach (string folder in Directory.EnumerateDirectories(_scratch.Folder, "*", SearchOption.AllDirectories))
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        _scratch.Dispose();
    }

    [Fact]
    public async Task A_complete_cache_that_is_read_only_is_used_as_it_is()
    {
        await using HubServer server = await ServeAsync(Files());
        await Ckpt(server).RunAsync("fetch", "hf:demo/tiny");

        CkptResult result = await Ckpt(server).ReadOnly(_scratch.PathOf("home")).RunAsync("fetch", "hf:demo/tiny");

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task A_read_only_cache_that_lacks_a_file_is_named()
    {
        await using HubServer server = await ServeAsync(Files());
        await Ckpt(server).RunAsync("fetch", "hf:demo/tiny", "--files", "config.json");
        string[] before = Everything();

        CkptResult result = await Ckpt(server).ReadOnly(_scratch.PathOf("home")).RunAsync("fetch", "hf:demo/tiny");

        AssertRefused(result, "CKPT6030");
        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task Content_that_was_wrong_when_it_was_read_already_is_fetched_again()
    {
        await using HubServer server = await ServeAsync(Files());
        int answers = 0;
        server.Write = async (context, bytes) =>
        {
            byte[] copy = bytes.ToArray();
            copy[^1] ^= context.Connection.LocalPort == server.Cdn.Port && Interlocked.Increment(ref answers) == 1 ? (byte)1 : (byte)0;
            await context.Response.Body.WriteAsync(copy, context.RequestAborted);
        };

        CkptResult result = await BuildAsync(server);
        await Tool.Ckpt.DoneAsync("build", _folder, "--engine", "gguf", "--output", _scratch.PathOf("folder"));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.True(answers > 1, "Nothing was asked for again.");
        Assert.Equal(Hash.OfFile(_scratch.PathOf("folder/tiny.gguf")), Hash.OfFile(_scratch.PathOf("out/tiny.gguf")));
    }

    [Fact]
    public async Task A_pointer_in_the_place_of_weights_is_told_apart()
    {
        string pointer = $"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('0', 64)}\nsize 1000000\n";
        await using HubServer server = await ServeAsync([.. Files().Where(f => !f.IsLarge), ServedFile.Small("model.safetensors", pointer)]);

        AssertRefused(await BuildAsync(server), "CKPT1006");
    }

    [Fact]
    public async Task Weights_that_are_a_pickle_are_taken_with_a_warning()
    {
        using var source = new FileSource(Path.Combine(_folder, "model.safetensors"));
        FilePlan plan = Format.PyTorch.Plan("pytorch_model.bin", Format.Safetensors.Read(source));
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), _scratch.PathOf("pickle"), TestContext.Current.CancellationToken);
        byte[] pickle = await File.ReadAllBytesAsync(_scratch.PathOf("pickle/pytorch_model.bin"), TestContext.Current.CancellationToken);
        await using HubServer server = await ServeAsync([.. Files().Where(f => !f.IsLarge), new ServedFile("pytorch_model.bin", pickle, IsLarge: true)]);

        CkptResult result = await BuildAsync(server);
        await Tool.Ckpt.DoneAsync("build", _folder, "--engine", "gguf", "--output", _scratch.PathOf("folder"));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("CKPT6051", result.Error, StringComparison.Ordinal);
        Assert.Equal(Hash.OfFile(_scratch.PathOf("folder/tiny.gguf")), Hash.OfFile(_scratch.PathOf("out/tiny.gguf")));
    }

    [Theory]
    [InlineData("CKPT6021")]
    [InlineData("CKPT6020", "--files", "*.absent")]
    [InlineData("CKPT6005", "--revision", "absent")]
    public async Task What_is_not_in_the_repository_is_named_before_anything_is_fetched(string code, params string[] options)
    {
        await using HubServer server = await ServeAsync([.. Files().Where(f => !f.IsLarge)]);

        AssertRefused(await BuildAsync(server, options), code);

        Assert.DoesNotContain(Everything(), f => File.Exists(f) && f.Contains("blobs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_NO_PROXY_names_is_asked_itself()
    {
        await using HubServer server = await ServeAsync(Files());
        (string, string)[] proxy = [("HTTP_PROXY", "http://127.0.0.1:9")];

        CkptResult through = await Ckpt(server, proxy).RunAsync("fetch", "hf:demo/tiny", "--files", "config.json");
        CkptResult itself = await Ckpt(server, [.. proxy, ("NO_PROXY", "127.0.0.1")]).RunAsync("fetch", "hf:demo/tiny", "--files", "config.json");

        Assert.NotEqual(0, through.ExitCode);
        Assert.True(itself.ExitCode == 0, itself.ToString());
    }

    [Fact]
    public async Task A_secure_endpoint_is_reached_through_HTTPS_PROXY_without_the_token()
    {
        await using HubServer server = await ServeAsync(Files());
        server.Before = context =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(true);
        };

        CkptResult result = await Ckpt(server, ("HF_ENDPOINT", "https://hub.example"), ("HTTPS_PROXY", server.Endpoint.AbsoluteUri), ("HF_TOKEN", "hf_secret")).RunAsync("fetch", "hf:demo/tiny");

        AssertRefused(result, "CKPT6012");
        Assert.All(server.Requests, r => Assert.Equal(("CONNECT", null), (r.Method, r.Authorization)));
        Assert.NotEmpty(server.Requests);
        Assert.DoesNotContain("hf_secret", result.Both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_by_name_is_fetched_and_merged_as_its_folder()
    {
        string adapter = new TinyAdapter().Write(_scratch.PathOf("adapter"));
        ServedFile[] lora = [.. Directory.EnumerateFiles(adapter).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal))), ServedFile.Small("README.md", "# lora"), ServedFile.Small("adapter_model.bin", "never asked for")];
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of("demo/tiny", Files()), ServedRepository.Of("demo/lora", lora));

        CkptResult named = await BuildAsync(server, "--adapter", "hf:demo/lora@0.5");
        await Tool.Ckpt.DoneAsync("build", _folder, "--engine", "gguf", "--adapter", adapter + "@0.5", "--output", _scratch.PathOf("folder"));

        Assert.True(named.ExitCode == 0, named.ToString());
        Assert.Equal(Hash.OfFile(_scratch.PathOf("folder/tiny.gguf")), Hash.OfFile(_scratch.PathOf("out/tiny.gguf")));
        Assert.DoesNotContain(server.Requests, r => r.Path.Contains("README", StringComparison.Ordinal) || r.Path.Contains("adapter_model.bin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_repository_without_an_adapter_is_named()
    {
        await using HubServer server = await ServeAsync(Files());

        AssertRefused(await BuildAsync(server, "--adapter", "hf:demo/tiny"), "CKPT6023");
    }

    private static void AssertRefused(CkptResult result, string code) =>
        Assert.True(result.ExitCode == 1 && result.Error.Contains(code, StringComparison.Ordinal), $"{code} is needed: {result}");

    private static Task<HubServer> ServeAsync(ServedFile[] files) => HubServer.StartAsync(ServedRepository.Of("demo/tiny", files));

    private ServedFile[] Files() => [.. Directory.EnumerateFiles(_folder).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal)))];

    private string[] Everything() => !Directory.Exists(_scratch.PathOf("home")) ? [] : [.. Directory.EnumerateFileSystemEntries(_scratch.PathOf("home"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private async Task<CkptResult> BuildAsync(HubServer server, params string[] options)
    {
        CkptResult result = await Ckpt(server).RunAsync(["build", "hf:demo/tiny", "--engine", "gguf", "--output", _scratch.PathOf("out"), .. options]);
        Assert.True(result.ExitCode == 0 || !File.Exists(_scratch.PathOf("out/tiny.gguf")));
        return result;
    }

    private CkptProcess Ckpt(HubServer server, params IEnumerable<(string Name, string Value)> more) =>
        new([("HF_HOME", _scratch.PathOf("home")), ("HF_ENDPOINT", server.Endpoint.AbsoluteUri), ("XDG_CACHE_HOME", _scratch.PathOf("cache")), .. more]);
}
