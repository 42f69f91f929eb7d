using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tool.Packages;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Models in packages: packed, found by the user's own nuget.config, verified.</summary>
public sealed partial class PackTests : IDisposable
{
    private const string Id = "Contoso.Models.Writer";
    private const string DemandSignatures = """<config><add key="signatureValidationMode" value="require" /></config>""";
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_packed_model_gives_the_engine_of_its_folder()
    {
        await PackAsync();
        Configure(Source("feed", "feed"));

        CkptResult named = await BuildAsync("named");
        await Ckpt.DoneAsync("build", _scratch.PathOf("tiny"), "--engine", "gguf", "--engine-name", Id, "--output", _scratch.PathOf("folder"));

        Assert.True(named.ExitCode == 0, named.ToString());
        Assert.Equal(Hash.OfFile(_scratch.PathOf($"folder/{Id}.gguf")), Hash.OfFile(_scratch.PathOf($"named/{Id}.gguf")));
    }

    [Fact]
    public async Task The_same_model_is_packed_to_the_same_bytes()
    {
        await PackAsync();
        string first = Hash.OfFile(_scratch.PathOf($"feed/{Id}.1.2.0.nupkg"));
        await PackAsync();

        Assert.Equal(first, Hash.OfFile(_scratch.PathOf($"feed/{Id}.1.2.0.nupkg")));
    }

    [Fact]
    public async Task A_model_that_is_too_large_for_one_package_goes_into_several_and_comes_back_whole()
    {
        byte[] large = new byte[700_000];
        new SeededRandom(1).Fill(large);
        Directory.CreateDirectory(_scratch.PathOf("tiny"));
        await File.WriteAllBytesAsync(_scratch.PathOf("tiny/notes.bin"), large, TestContext.Current.CancellationToken);
        string[] packages = await PackAsync("--max-package-size", "300KB");
        Configure(Source("feed", "feed"));

        CkptResult fetched = await Process().RunAsync("fetch", $"nuget:{Id}", "--version", "1.2.0");

        Assert.True(packages.Length > 1);
        Assert.All(packages, p => Assert.InRange(new FileInfo(p).Length, 1, 300_000));
        Assert.True(fetched.ExitCode == 0, fetched.ToString());
        foreach (string file in Directory.EnumerateFiles(_scratch.PathOf("tiny")))
        {
            Assert.Equal(Hash.OfFile(file), Hash.OfFile(Path.Combine(fetched.Output.Trim(), Path.GetFileName(file))));
        }
    }

    [Fact]
    public async Task A_feed_over_http_with_credentials_is_used_and_the_password_is_nowhere()
    {
        await PackAsync();
        await using PackageServer server = await PackageServer.StartAsync(_scratch.PathOf("feed"), "reader:pass-w0rd");
        Configure(Source("private", server.Index), Credentials("private", "pass-w0rd"));

        CkptResult result = await BuildAsync("out");
        int asked = server.Requests.Count;
        CkptResult again = await BuildAsync("again");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(asked, server.Requests.Count);
        Assert.DoesNotContain("pass-w0rd", result.Both + again.Both, StringComparison.Ordinal);
        Assert.DoesNotContain("pass-w0rd", await File.ReadAllTextAsync(_scratch.PathOf("out/build-report.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_credentials_are_said_by_the_sources_name()
    {
        await PackAsync();
        await using PackageServer server = await PackageServer.StartAsync(_scratch.PathOf("feed"), "reader:pass-w0rd");
        Configure(Source("private", server.Index), Credentials("private", "wr0ng"));

        CkptResult result = await RefusedAsync("CKPT6062");

        Assert.Contains("'private'", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", result.Both, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Index, result.Both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_not_mapped_is_not_asked()
    {
        await PackAsync();
        await using PackageServer server = await PackageServer.StartAsync(_scratch.PathOf("feed"));
        Configure(Source("open", server.Index), """<packageSourceMapping><packageSource key="open"><package pattern="Other.*" /></packageSource></packageSourceMapping>""");

        await RefusedAsync("CKPT6061");

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_package_that_is_nowhere_is_named_with_the_sources()
    {
        Directory.CreateDirectory(_scratch.PathOf("feed"));
        Configure(Source("feed", "feed"));

        Assert.Contains("'feed'", (await RefusedAsync("CKPT6060")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_source_at_all_is_named()
    {
        Configure("<packageSources><clear /></packageSources>");

        await RefusedAsync("CKPT6069");
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_named()
    {
        Configure(Source("gone", "http://127.0.0.1:9/v3/index.json"));

        await RefusedAsync("CKPT6067");
    }

    [Fact]
    public async Task An_unsigned_package_is_refused_where_signatures_are_demanded()
    {
        await PackAsync();
        Configure(Source("feed", "feed"), DemandSignatures);

        await RefusedAsync("CKPT6065");
    }

    [Fact]
    public async Task A_package_of_a_trusted_author_is_taken_where_signatures_are_demanded()
    {
        using var author = new SignedPackages();
        await author.SignAsync((await PackAsync()).Single());
        Configure(Source("feed", "feed"), DemandSignatures, author.Trust);

        CkptResult result = await BuildAsync("out");

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task A_package_of_another_author_is_refused_where_signatures_are_demanded()
    {
        using var author = new SignedPackages();
        await author.SignAsync((await PackAsync()).Single());
        Configure(Source("feed", "feed"), DemandSignatures, SignedPackages.Trusted(new string('A', 64)));

        await RefusedAsync("CKPT6065");

        Assert.False(Directory.Exists(_scratch.PathOf($"packages/{Id.ToLowerInvariant()}/1.2.0")));
    }

    [Fact]
    public async Task A_package_that_changed_after_it_was_signed_is_refused()
    {
        using var author = new SignedPackages();
        string package = (await PackAsync()).Single();
        await author.SignAsync(package);
        using (ZipArchive archive = await ZipFile.OpenAsync(package, ZipArchiveMode.Update, TestContext.Current.CancellationToken))
        {
            archive.CreateEntry("checkpoint/files/more.txt");
        }

        Configure(Source("feed", "feed"), author.Trust);

        await RefusedAsync("CKPT6065");
    }

    [Fact]
    public async Task Credentials_come_from_a_plug_in_and_are_nowhere()
    {
        if (OperatingSystem.IsWindows())
        {
            // The plug-in of this test is a script of Unix shells.
            return;
        }

        await PackAsync();
        await using PackageServer server = await PackageServer.StartAsync(_scratch.PathOf("feed"), "reader:pass-w0rd");
        Configure(Source("private", server.Index));
        string plugin = CredentialPlugin.Write(_scratch.PathOf("plugin"), "reader", "pass-w0rd");

        CkptResult result = await Process(("NUGET_PLUGIN_PATHS", plugin)).RunAsync("build", $"nuget:{Id}", "--version", "1.2.0", "--engine", "gguf", "--output", _scratch.PathOf("out"));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("pass-w0rd", result.Both, StringComparison.Ordinal);
        Assert.DoesNotContain("pass-w0rd", await File.ReadAllTextAsync(_scratch.PathOf("out/build-report.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_that_changed_in_the_global_folder_ends_the_build_whatever_its_time_says()
    {
        await PackAsync();
        Configure(Source("feed", "feed"));
        await BuildAsync("first");
        string weights = _scratch.PathOf($"packages/{Id.ToLowerInvariant()}/1.2.0/checkpoint/files/model.safetensors");
        DamagedFile.Flip(weights);

        await RefusedAsync("CKPT6031");
        await File.AppendAllTextAsync(weights, "x", TestContext.Current.CancellationToken);
        await RefusedAsync("CKPT6064");
        File.Delete(_scratch.PathOf($"packages/{Id.ToLowerInvariant()}/1.2.0/{PackageManifest.Path}"));
        await RefusedAsync("CKPT6063");
    }

    [Theory]
    [InlineData("fetch")]
    [InlineData("inspect")]
    [InlineData("pack", "--id", "Other", "--version", "1.0.0", "--output", "other")]
    public async Task Damage_of_a_package_is_told_by_other_verbs_and_packed_by_none(string verb, params string[] more)
    {
        await PackAsync();
        Configure(Source("feed", "feed"));
        await BuildAsync("first");
        DamagedFile.Flip(_scratch.PathOf($"packages/{Id.ToLowerInvariant()}/1.2.0/checkpoint/files/model.safetensors"));

        CkptResult result = await Process().RunAsync([verb, $"nuget:{Id}", .. more]);

        Assert.True(result.ExitCode == 1 && result.Error.Contains("CKPT6031", StringComparison.Ordinal), result.ToString());
        Assert.False(Directory.Exists(_scratch.PathOf("other")));
    }

    [Fact]
    public async Task A_package_goes_into_a_folder_of_the_users_as_far_as_it_is_wanted()
    {
        await PackAsync();
        Configure(Source("feed", "feed"));

        CkptResult result = await Process().RunAsync("fetch", $"nuget:{Id}", "--files", "*.json;-config.json", "--output", "copy");
        CkptResult absent = await Process().RunAsync("fetch", $"nuget:{Id}", "--files", "*.absent");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(_scratch.PathOf("copy"), result.Output.Trim());
        Assert.Equal(Directory.EnumerateFiles(_scratch.PathOf("tiny"), "*.json").Select(f => Path.GetFileName(f)).Where(n => n != "config.json").Order(StringComparer.Ordinal), Directory.EnumerateFiles(_scratch.PathOf("copy")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Contains("CKPT6020", absent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_fails_is_not_passed_over()
    {
        await PackAsync();
        Directory.CreateDirectory(_scratch.PathOf("private"));
        await using PackageServer server = await PackageServer.StartAsync(_scratch.PathOf("private"), "reader:pass-w0rd");
        Configure($"""<packageSources><clear /><add key="private" value="{server.Index}" allowInsecureConnections="true" /><add key="feed" value="feed" /></packageSources>""", Credentials("private", "wr0ng"));

        await RefusedAsync("CKPT6062");
        CkptResult newest = await Process().RunAsync("fetch", $"nuget:{Id}");

        Assert.Contains("CKPT6062", newest.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.PathOf("packages")));
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("Somebody.Elses")]
    [InlineData(Id + ".Part1")]
    [InlineData(Id + ".Part2x")]
    public async Task A_manifest_that_names_another_package_is_refused(string other)
    {
        await PackAsync();
        Configure(Source("feed", "feed"));
        await BuildAsync("first");
        string path = _scratch.PathOf($"packages/{Id.ToLowerInvariant()}/1.2.0/{PackageManifest.Path}");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace("\"package\": \"\"", $"\"package\": \"{other}\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        await RefusedAsync("CKPT6063");
    }

    [Fact]
    public async Task A_manifest_that_names_a_file_twice_is_refused()
    {
        await PackAsync();
        Configure(Source("feed", "feed"));
        await BuildAsync("first");
        string path = _scratch.PathOf($"packages/{Id.ToLowerInvariant()}/1.2.0/{PackageManifest.Path}");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace("\"path\": \"config.json\"", "\"path\": \"tokenizer.json\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        await RefusedAsync("CKPT6063");
    }

    [Fact]
    public void A_file_that_changes_while_it_is_packed_leaves_no_package()
    {
        File.WriteAllText(_scratch.PathOf("config.json"), "{}");
        var manifest = new PackageManifest("tiny", null, [new PackedFile("config.json", 2, new string('0', 64), [new PackedPiece("", "checkpoint/files/config.json", 2)])]);

        CheckpointException error = Assert.Throws<CheckpointException>(() => new PackageWriter(_scratch.Folder, new PackageDescription(Id, "1.0.0", null, "me", "# me")).Write(_scratch.PathOf("out"), manifest, TestContext.Current.CancellationToken));

        Assert.Equal("CKPT7008", error.Code);
        Assert.Empty(Directory.EnumerateFiles(_scratch.PathOf("out")));
    }

    [Theory]
    [InlineData(40, 100_000)]
    [InlineData(3000, 1000)]
    public async Task No_package_passes_its_size_with_a_long_card_and_many_files(int files, int card)
    {
        Directory.CreateDirectory(_scratch.PathOf("tiny/many"));
        await File.WriteAllTextAsync(_scratch.PathOf("tiny/README.md"), new string('x', card), TestContext.Current.CancellationToken);
        for (int i = 0; i < files; i++)
        {
            await File.WriteAllTextAsync(_scratch.PathOf($"tiny/many/a-file-of-a-name-that-is-not-short-{i:D5}.txt"), "x", TestContext.Current.CancellationToken);
        }

        string[] packages = await PackAsync("--max-package-size", "1500KB");

        Assert.All(packages, p => Assert.InRange(new FileInfo(p).Length, 1, 1_500_000));
    }

    [Fact]
    public async Task Without_the_network_a_restored_package_is_used_and_another_is_named()
    {
        await PackAsync();
        Configure(Source("feed", "feed"));
        await BuildAsync("first");

        CkptResult there = await BuildAsync("second", "--offline");
        CkptResult absent = await Process().RunAsync("build", $"nuget:{Id}", "--version", "9.9.9", "--engine", "gguf", "--offline", "--output", _scratch.PathOf("third"));

        Assert.True(there.ExitCode == 0, there.ToString());
        Assert.Contains("CKPT6015", absent.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CKPT6066", "--version", "one")]
    [InlineData("CKPT6068", "--max-package-size", "1KB")]
    [InlineData("CKPT9001: max-package-size", "--max-package-size", "0")]
    [InlineData("CKPT6001", "--id", "a/b")]
    [InlineData("CKPT6070", "--license", "free for all <of us>")]
    public async Task A_package_that_cannot_be_made_is_refused(string code, string option, string value)
    {
        new TinyLlama().Write(_scratch.PathOf("tiny"));
        Dictionary<string, string> options = new() { ["--id"] = Id, ["--version"] = "1.2.0", ["--output"] = _scratch.PathOf("feed"), [option] = value };

        CkptResult result = await Ckpt.RunAsync(["pack", _scratch.PathOf("tiny"), .. options.SelectMany(o => new[] { o.Key, o.Value })]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.PathOf("feed")));
    }

    private async Task<string[]> PackAsync(params string[] more)
    {
        string folder = new TinyLlama().Write(_scratch.PathOf("tiny"));
        CkptResult result = await Ckpt.DoneAsync(["pack", folder, "--id", Id, "--version", "1.2.0", "--license", "MIT", "--output", _scratch.PathOf("feed"), .. more]);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Task<CkptResult> BuildAsync(string output, params string[] more) =>
        Process().RunAsync(["build", $"nuget:{Id}", "--version", "1.2.0", "--engine", "gguf", "--output", _scratch.PathOf(output), .. more]);

    private async Task<CkptResult> RefusedAsync(string code)
    {
        CkptResult result = await BuildAsync("refused");
        Assert.True(result.ExitCode == 1 && result.Error.Contains(code, StringComparison.Ordinal), $"{code} is needed: {result}");
        return result;
    }

    private CkptProcess Process(params IEnumerable<(string Name, string Value)> more) => new([("NUGET_PACKAGES", _scratch.PathOf("packages")), ("NUGET_HTTP_CACHE_PATH", _scratch.PathOf("http")), ("XDG_CACHE_HOME", _scratch.PathOf("cache")), .. more]) { Folder = _scratch.Folder };

    private void Configure(params string[] sections) => File.WriteAllText(_scratch.PathOf("nuget.config"), $"<configuration>{string.Concat(sections)}</configuration>");

    private static string Source(string name, string value) => $"""<packageSources><clear /><add key="{name}" value="{value}" allowInsecureConnections="true" /></packageSources>""";

    private static string Credentials(string name, string password) =>
        $"""<packageSourceCredentials><{name}><add key="Username" value="reader" /><add key="ClearTextPassword" value="{password}" /></{name}></packageSourceCredentials>""";
}
