using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool.Plugins;

/// <summary><c>--plugin</c>: what is wrong with a plug-in is said by a code that names it.</summary>
public sealed class PluginOptionTests
{
    [Fact]
    public async Task A_plugin_that_is_not_there_is_refused()
    {
        using var scratch = new Scratch();
        await RefusedAsync(scratch, scratch.PathOf("none.dll"), "CKPT7200", "none.dll");
    }

    [Fact]
    public async Task An_empty_value_is_refused()
    {
        using var scratch = new Scratch();
        await RefusedAsync(scratch, "", "CKPT9007", "--plugin");
    }

    [Fact]
    public async Task A_file_that_is_no_assembly_is_refused()
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("text.dll"), "no assembly", TestContext.Current.CancellationToken);
        await RefusedAsync(scratch, scratch.PathOf("text.dll"), "CKPT7202", "text.dll");
    }

    [Fact]
    public async Task An_assembly_without_an_entry_is_refused()
    {
        using var scratch = new Scratch();
        await RefusedAsync(scratch, new EmittedPlugin { NamesEntry = false }.Write(scratch.PathOf("Plain.dll")), "CKPT7202", "Plain.dll");
    }

    [Fact]
    public async Task A_folder_with_two_plugins_is_refused()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.PathOf("both"));
        new EmittedPlugin().Write(scratch.PathOf("both/One.dll"));
        new EmittedPlugin().Write(scratch.PathOf("both/Two.dll"));
        await RefusedAsync(scratch, scratch.PathOf("both"), "CKPT7202", "2 assemblies");
    }

    [Fact]
    public async Task An_entry_that_is_no_plugin_is_refused()
    {
        using var scratch = new Scratch();
        await RefusedAsync(scratch, new EmittedPlugin { EntryBase = typeof(object) }.Write(scratch.PathOf("Other.dll")), "CKPT7201", "Other.Entry");
    }

    [Fact]
    public async Task A_plugin_of_another_version_of_the_surface_is_refused()
    {
        using var scratch = new Scratch();
        await RefusedAsync(scratch, new EmittedPlugin { SurfaceVersion = 99 }.Write(scratch.PathOf("Later.dll")), "CKPT7203", "version 99");
    }

    [Fact]
    public async Task A_plugin_that_throws_while_it_registers_is_named()
    {
        using var scratch = new Scratch();
        await RefusedAsync(scratch, new EmittedPlugin().Write(scratch.PathOf("Throwing.dll")), "CKPT7204", "'Throwing': InvalidOperationException: the dog ate it");
    }

    [Fact]
    public async Task A_plugin_that_throws_while_it_reads_is_named()
    {
        using var scratch = new Scratch();
        string plugin = new EmittedPlugin { Dialect = "test-broken-reader" }.Write(scratch.PathOf("BrokenReader.dll"));
        await RefusedAsync(scratch, plugin, "CKPT7204", "'BrokenReader': InvalidOperationException: the dog ate it", "--format", "test-broken-reader");
    }

    [Fact]
    public async Task A_plugin_that_takes_a_name_is_refused()
    {
        using var scratch = new Scratch();
        await RefusedAsync(scratch, new EmittedPlugin { Dialect = "gguf" }.Write(scratch.PathOf("Taking.dll")), "CKPT7205", "'Taking': registers the format 'gguf'");
    }

    [Fact]
    public async Task A_product_of_a_plugin_that_is_not_loaded_is_not_rebuilt()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "gguf", "--output", scratch.PathOf("out"));
        string path = scratch.PathOf("out/build-report.json");
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        report["plugins"] = new JsonArray(new JsonObject { ["name"] = "Absent", ["sha256"] = "00" });
        await File.WriteAllTextAsync(path, report.ToJsonString(), TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.RunAsync("verify", scratch.PathOf("out"), "--rebuild");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("CKPT7206", result.Error.Split('\n').Last(l => l.Length > 0), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(Scratch scratch, string plugin, string code, string says, params string[] more)
    {
        string model = new TinyLlama().Write(scratch.PathOf("tiny"));
        CkptResult result = await Ckpt.RunAsync(["build", model, "--engine", "gguf", "--output", scratch.PathOf("out"), "--plugin", plugin, .. more]);
        Assert.Equal(1, result.ExitCode);
        string last = result.Error.Split('\n').Last(l => l.Length > 0);
        Assert.True(last.StartsWith(code, StringComparison.Ordinal), last);
        Assert.Contains(says, last, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("out")));
    }
}
