using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Models by name on the command line, against a local server that plays the Hub.</summary>
public sealed class FetchTests
{
    [Fact]
    public async Task A_fetched_model_is_printed_and_is_there_without_the_network()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        CkptProcess ckpt = Ckpt(server, scratch);

        CkptResult first = await ckpt.RunAsync("fetch", "hf:demo/tiny");
        server.Forget();
        CkptResult second = await ckpt.RunAsync("fetch", "hf:demo/tiny", "--offline");

        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Equal(scratch.PathOf($"home/hub/models--demo--tiny/snapshots/{new string('a', 40)}\n"), first.Output);
        Assert.Contains("bytes to fetch", first.Error, StringComparison.Ordinal);
        Assert.Equal(first.Output, second.Output);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_engine_of_a_named_model_is_that_of_its_folder()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        CkptProcess ckpt = Ckpt(server, scratch);

        CkptResult named = await ckpt.RunAsync("build", "hf:demo/tiny", "--engine", "gguf", "--quantization", "q8_0", "--output", scratch.PathOf("named"));
        await Tool.Ckpt.DoneAsync("build", scratch.PathOf("tiny"), "--engine", "gguf", "--quantization", "q8_0", "--output", scratch.PathOf("folder"));

        Assert.True(named.ExitCode == 0, named.ToString());
        Assert.Equal(Hash.OfFile(scratch.PathOf("folder/tiny.gguf")), Hash.OfFile(scratch.PathOf("named/tiny.gguf")));
        Assert.DoesNotContain(server.Requests, r => r.Path.Contains("README", StringComparison.Ordinal) || r.Path.Contains("original", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_that_others_put_into_the_cache_do_not_change_a_product()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        CkptProcess ckpt = Ckpt(server, scratch);
        await ckpt.RunAsync("fetch", "hf:demo/tiny");

        CkptResult result = await ckpt.RunAsync("build", "hf:demo/tiny", "--engine", "huggingface", "--offline", "--output", scratch.PathOf("out"));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.False(File.Exists(scratch.PathOf("out/README.md")));
    }

    [Fact]
    public async Task A_source_that_is_not_kept_leaves_the_cache_as_it_was()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        CkptProcess ckpt = Ckpt(server, scratch);
        await ckpt.RunAsync("fetch", "hf:demo/tiny", "--files", "config.json");

        CkptResult result = await ckpt.RunAsync("build", "hf:demo/tiny", "--engine", "gguf", "--keep-source", "false", "--output", scratch.PathOf("out"));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.True(File.Exists(scratch.PathOf("out/tiny.gguf")));
        Assert.Single(Directory.EnumerateFiles(scratch.PathOf("home/hub/models--demo--tiny/blobs")));
        Assert.Equal(["config.json"], Directory.EnumerateFiles(scratch.PathOf($"home/hub/models--demo--tiny/snapshots/{new string('a', 40)}")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_source_that_another_process_uses_is_dropped_by_the_next_build_that_keeps_none()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        CkptProcess ckpt = Ckpt(server, scratch);
        string[] build = ["build", "hf:demo/tiny", "--engine", "gguf", "--keep-source", "false", "--output", scratch.PathOf("out")];
        await ckpt.RunAsync(build);
        string use = Assert.Single(Directory.EnumerateFiles(scratch.Folder, "*.lock", SearchOption.AllDirectories), f => Path.GetFileName(Path.GetDirectoryName(f)) == "brought");

        int whileUsed;
        using (new FileStream(use, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            await ckpt.RunAsync(build);
            whileUsed = Contents();
        }

        await ckpt.RunAsync(build);

        Assert.NotEqual(0, whileUsed);
        Assert.Equal(0, Contents());

        int Contents() => Directory.EnumerateFiles(scratch.PathOf("home/hub/models--demo--tiny/blobs")).Count();
    }

    [Fact]
    public async Task A_source_that_is_not_kept_leaves_no_content_where_links_are_not_made()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));

        CkptResult result = await Ckpt(server, scratch, ("HF_HUB_DISABLE_SYMLINKS", "1")).RunAsync("build", "hf:demo/tiny", "--engine", "gguf", "--keep-source", "false", "--output", scratch.PathOf("out"));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain(Directory.EnumerateFiles(scratch.PathOf("home/hub"), "*", SearchOption.AllDirectories), f => Path.GetFileName(f).Length == Hash.OfFile(f).Length);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    public async Task A_byte_that_changed_in_the_cache_is_fetched_again_or_named_without_the_network(string file)
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        CkptProcess ckpt = Ckpt(server, scratch);
        string folder = (await ckpt.RunAsync("fetch", "hf:demo/tiny")).Output.Trim();
        string before = Hash.OfFile(Path.Combine(folder, file));
        DamagedFile.Flip(Path.Combine(folder, file));

        CkptResult offline = await ckpt.RunAsync("build", "hf:demo/tiny", "--engine", "gguf", "--offline", "--output", scratch.PathOf("out"));
        CkptResult online = await ckpt.RunAsync("build", "hf:demo/tiny", "--engine", "gguf", "--output", scratch.PathOf("out"));

        Assert.Equal(1, offline.ExitCode);
        Assert.Contains("CKPT6031", offline.Error, StringComparison.Ordinal);
        Assert.True(online.ExitCode == 0, online.ToString());
        Assert.Equal(before, Hash.OfFile(Path.Combine(folder, file)));
    }

    [Fact]
    public async Task A_verb_that_reads_verifies_what_lay_there()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        CkptProcess ckpt = Ckpt(server, scratch);
        string weights = Path.Combine((await ckpt.RunAsync("fetch", "hf:demo/tiny")).Output.Trim(), "model.safetensors");
        string before = Hash.OfFile(weights);
        DamagedFile.Flip(weights);

        CkptResult result = await ckpt.RunAsync("inspect", "hf:demo/tiny");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(before, Hash.OfFile(weights));
    }

    [Fact]
    public async Task A_token_appears_in_no_output()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));
        server.NeedsToken = "hf_right";

        CkptResult result = await Ckpt(server, scratch, ("HF_TOKEN", "hf_wrong")).RunAsync("fetch", "hf:demo/tiny");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT6009", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_wrong", result.Both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_comes_from_the_environment()
    {
        using var scratch = new Scratch();
        await using HubServer server = await HubServer.StartAsync(Repository(scratch));

        // The server is its own proxy: what is asked for has another host.
        CkptResult result = await new CkptProcess(("HF_HOME", scratch.PathOf("home")), ("HF_ENDPOINT", "http://hub.example"), ("HTTP_PROXY", server.Endpoint.AbsoluteUri)).RunAsync("fetch", "hf:demo/tiny", "--files", "config.json");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.NotEmpty(server.Requests);
    }

    private static CkptProcess Ckpt(HubServer server, Scratch scratch, params IEnumerable<(string Name, string Value)> more) =>
        new([("HF_HOME", scratch.PathOf("home")), ("HF_ENDPOINT", server.Endpoint.AbsoluteUri), ("XDG_CACHE_HOME", scratch.PathOf("cache")), .. more]);

    private static ServedRepository Repository(Scratch scratch)
    {
        string folder = new TinyLlama().Write(scratch.PathOf("tiny"));
        return ServedRepository.Of("demo/tiny",
        [
            .. Directory.EnumerateFiles(folder).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal))),
            ServedFile.Small("README.md", "# tiny\n"),
            ServedFile.Small("original/params.json", "{}\n"),
        ]);
    }
}
