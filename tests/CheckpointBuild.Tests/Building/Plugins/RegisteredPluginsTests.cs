using System;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Mapping;
using CheckpointBuild.Models;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Building.Plugins;

/// <summary>Plug-ins as library code: what they register is used, whole or not at all, and stands in the content key.</summary>
public sealed class RegisteredPluginsTests
{
    [Fact]
    public void Register_adds_a_dialect_that_a_recipe_can_name()
    {
        PluginIdentity plugin = RegisteredPlugins.Register(new TestPlugin("one dialect", r => r.Add(new TestDialect("test-one"))));
        using var scratch = new Scratch();
        string model = new TinyLlama().Write(scratch.PathOf("tiny"));

        using EngineBuild build = EngineBuild.Open(model, new Recipe { Engine = "gguf", Format = "test-one" }, new SourceHashes(null));

        Assert.Equal(("test-one", plugin), (build.Checkpoint.Dialect, build.Recipe.Plugins.Single()));
    }

    [Fact]
    public void Register_again_does_nothing()
    {
        var plugin = new TestPlugin("twice", r => r.Add(new TestDialect("test-twice")));
        Assert.Equal(RegisteredPlugins.Register(plugin), RegisteredPlugins.Register(plugin));
    }

    [Fact]
    public void Register_of_a_plugin_that_throws_names_it_and_adds_nothing()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => RegisteredPlugins.Register(new TestPlugin("breaks", r => throw new InvalidOperationException($"no {r.Add(new TestDialect("test-breaks"))}"))));

        Assert.Equal("CKPT7204", error.Code);
        Assert.Contains("'breaks'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Dialect.Known, d => d.Name == "test-breaks");
    }

    [Theory]
    [InlineData("HuggingFace")]
    [InlineData("gguf")]
    public void Register_of_a_taken_name_names_it_and_adds_nothing(string taken)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => RegisteredPlugins.Register(new TestPlugin($"takes {taken}", r => r.Add(new TestDialect("test-takes")).Add(new TestDialect(taken)))));

        Assert.Equal("CKPT7205", error.Code);
        Assert.Contains($"'{taken}'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Dialect.Known, d => d.Name == "test-takes");
    }

    [Fact]
    public void Register_of_one_name_twice_is_refused()
    {
        Assert.Equal("CKPT7205", Refused(r => r.Add("huggingface", "X", new RoleMapping()).Add("HuggingFace", "X", new RoleMapping())));
        Assert.Equal("CKPT7205", Refused(r => r.Add(ModelFamily.FindModelType("llama")!)));
    }

    [Fact]
    public void Mapping_of_a_renamed_architecture_reads_it_as_its_family_and_writes_it_so()
    {
        RegisteredPlugins.Register(new TestPlugin("renames", r => r
            .Add(new TestDialect("test-renamed"))
            .Add("test-renamed", "RenamedForCausalLM", new RoleMapping(ModelFamily.FindModelType("llama")).Rename(@"^net\.", ""))));
        using var scratch = new Scratch();
        string model = new TinyLlama { Prefix = "net.", Configure = c => c["architectures"] = new JsonArray("RenamedForCausalLM") }.Write(scratch.PathOf("tiny"));

        using EngineBuild build = EngineBuild.Open(model, new Recipe { Engine = "huggingface", Format = "test-renamed" }, new SourceHashes(null));

        Assert.Equal("LlamaForCausalLM", build.Checkpoint.SourceConfig!["architectures"]![0]!.GetValue<string>());
    }

    [Fact]
    public void Key_depends_on_the_plugins_bytes()
    {
        var recipe = new Recipe { Engine = "gguf" };
        string[] keys = [.. new[] { [], new PluginIdentity[] { new("p", "00") }, [new("p", "01")] }.Select(p => Fingerprint.Of("tiny", recipe with { Plugins = [.. p] }, []))];
        Assert.Equal(3, keys.Distinct(StringComparer.Ordinal).Count());
    }

    private static string Refused(Func<PluginRegistry, PluginRegistry> register) =>
        Assert.Throws<CheckpointException>(() => RegisteredPlugins.Register(new TestPlugin($"refused {Guid.NewGuid():N}", r => register(r)))).Code;
}
