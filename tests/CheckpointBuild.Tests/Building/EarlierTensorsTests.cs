using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Building;

/// <summary>An edit that no tensor depends on: the tensors come from the earlier product, and the bytes are those of a build from scratch.</summary>
/// <remarks>That the source's weights are not read is shown by spoiling them under their old size and time after the first build: whoever reads them gives other bytes.</remarks>
public sealed class EarlierTensorsTests
{
    private static readonly Recipe Q8 = new() { Engine = "gguf", Quantization = "q8_0" };

    /// <summary>Every target that is written from a Hugging Face folder.</summary>
    public static TheoryData<string> Targets => [.. Dialect.All.Where(d => d.CanWrite).Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void An_edited_text_leaves_the_weights_unread_in_every_target(string target)
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        var recipe = new Recipe { Engine = target };
        StoreEntry before = Get(checkpoint, scratch, recipe);
        Edit(checkpoint, "tokenizer_config.json");
        Dictionary<string, byte[]> wanted = FromScratch(checkpoint, scratch, recipe);
        Spoil(checkpoint);

        StoreEntry after = Get(checkpoint, scratch, recipe);

        Assert.All(after.Report.Outputs.Where(o => o.TensorsKey is not null), o => Assert.True(after.Report.Key == before.Report.Key || o.TensorsFrom == before.Report.Key));
        Assert.Contains(after.Report.Outputs, o => o.TensorsKey is not null);
        Assert.Equal(wanted, Bytes(after.Directory));
    }

    [Theory]
    [InlineData("tokenizer_config.json")]
    [InlineData("chat_template.jinja")]
    [InlineData("generation_config.json")]
    [InlineData("README.md")]
    public void A_quantized_engine_gets_a_new_head_over_the_old_tensors(string edited)
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        StoreEntry before = Get(checkpoint, scratch, Q8);
        Edit(checkpoint, edited);
        Dictionary<string, byte[]> wanted = FromScratch(checkpoint, scratch, Q8);
        Spoil(checkpoint);

        StoreEntry after = Get(checkpoint, scratch, Q8);

        Assert.True(after.Report.Key == before.Report.Key || after.Report.Outputs.Single().TensorsFrom == before.Report.Key);
        Assert.Equal(wanted, Bytes(after.Directory));
    }

    [Fact]
    public void A_renamed_engine_takes_the_tensors_over()
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        StoreEntry before = Get(checkpoint, scratch, Q8);
        Spoil(checkpoint);

        StoreEntry after = Get(checkpoint, scratch, Q8 with { EngineName = "other" });

        Assert.Equal(before.Report.Key, after.Report.Outputs.Single().TensorsFrom);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("*.safetensors")]
    public void What_tensors_depend_on_makes_them_anew(string edited)
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        Get(checkpoint, scratch, Q8);
        string path = Directory.GetFiles(checkpoint, edited)[0];
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, edited == "config.json" ? [.. bytes, (byte)' '] : [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);

        StoreEntry after = Get(checkpoint, scratch, Q8);

        Assert.Null(after.Report.Outputs.Single().TensorsFrom);
        Assert.Equal(FromScratch(checkpoint, scratch, Q8), Bytes(after.Directory));
    }

    [Fact]
    public void Another_quantization_takes_nothing_over()
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        Get(checkpoint, scratch, Q8);

        StoreEntry after = Get(checkpoint, scratch, new Recipe { Engine = "gguf", Quantization = "q4_0" });

        Assert.Null(after.Report.Outputs.Single().TensorsFrom);
    }

    [Fact]
    public void A_damaged_product_gives_no_tensors()
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        string engine = Get(checkpoint, scratch, Q8).Files.Single().Path;
        byte[] bytes = File.ReadAllBytes(engine);
        File.WriteAllBytes(engine, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        Edit(checkpoint, "tokenizer_config.json");

        StoreEntry after = Get(checkpoint, scratch, Q8);

        Assert.Null(after.Report.Outputs.Single().TensorsFrom);
        Assert.Equal(FromScratch(checkpoint, scratch, Q8), Bytes(after.Directory));
    }

    [Fact]
    public void A_hint_that_names_another_product_is_not_believed()
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        Get(checkpoint, scratch, Q8);
        string other = Get(checkpoint, scratch, new Recipe { Engine = "gguf", Quantization = "q4_0" }).Report.Key;
        foreach (string hint in Directory.GetFiles(scratch.PathOf("store/v1/tensors")))
        {
            File.WriteAllText(hint, other + "\n");
        }

        Edit(checkpoint, "tokenizer_config.json");

        Assert.Null(Get(checkpoint, scratch, Q8).Report.Outputs.Single().TensorsFrom);
    }

    [Fact]
    public void A_forced_build_takes_nothing_over()
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        Get(checkpoint, scratch, Q8);
        Edit(checkpoint, "tokenizer_config.json");

        Assert.Null(Get(checkpoint, scratch, Q8, StoreUse.Rebuild).Report.Outputs.Single().TensorsFrom);
    }

    [Fact]
    public void Another_adapter_beside_the_weights_leaves_them_unread()
    {
        using var scratch = new Scratch();
        string checkpoint = Checkpoint(scratch);
        string adapter = new TinyAdapter().Write(scratch.PathOf("adapter"));
        Recipe recipe = Q8 with { Adapter = AdapterChoice.ParseList(adapter), AdapterMode = AdapterMode.Apart };
        StoreEntry before = Get(checkpoint, scratch, recipe);
        string weights = Path.Combine(adapter, "adapter_model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        File.WriteAllBytes(weights, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        Dictionary<string, byte[]> wanted = FromScratch(checkpoint, scratch, recipe);
        Spoil(checkpoint);

        StoreEntry after = Get(checkpoint, scratch, recipe);

        Assert.Equal(before.Report.Key, after.Report.Outputs.Single(o => !o.Path.StartsWith("adapters/", StringComparison.Ordinal)).TensorsFrom);
        Assert.Equal(wanted, Bytes(after.Directory));
    }

    [Fact]
    public void Collecting_forgets_hints_to_what_is_gone()
    {
        using var scratch = new Scratch();
        StoreEntry entry = Get(Checkpoint(scratch), scratch, Q8);
        Directory.Delete(entry.Directory, recursive: true);

        new Store(scratch.PathOf("store")).Collect(null);

        Assert.Empty(Directory.GetFiles(scratch.PathOf("store/v1/tensors")));
    }

    private static string Checkpoint(Scratch scratch)
    {
        string folder = new TinyLlama { MaxShardSize = 40_000 }.Write(scratch.PathOf("tiny"));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"chat_template": "{{ messages[0]['content'] }}"}""");
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"max_length": 8}""");
        File.WriteAllText(Path.Combine(folder, "README.md"), "# Tiny\n");
        return folder;
    }

    private static void Edit(string checkpoint, string name) => File.WriteAllText(Path.Combine(checkpoint, name), name switch
    {
        "tokenizer_config.json" => """{"chat_template": "Say: {{ messages[0]['content'] }}, and nothing else, in a head that is longer than before by more than the alignment of tensors"}""",
        "chat_template.jinja" => "{{ messages[-1]['content'] }}",
        "generation_config.json" => """{"max_length": 16}""",
        _ => "---\nlicense: mit\n---\n# Tiny\n",
    });

    // Same size, same time: the remembered hash stands, so that only reading would show it.
    private static void Spoil(string checkpoint)
    {
        foreach (string path in Directory.GetFiles(checkpoint, "*.safetensors"))
        {
            DateTime time = File.GetLastWriteTimeUtc(path);
            byte[] bytes = File.ReadAllBytes(path);
            bytes.AsSpan((int)(8 + BitConverter.ToInt64(bytes))).Fill(0x11);
            File.WriteAllBytes(path, bytes);
            File.SetLastWriteTimeUtc(path, time);
        }
    }

    private static Dictionary<string, byte[]> FromScratch(string checkpoint, Scratch scratch, Recipe recipe)
    {
        string folder = scratch.PathOf($"scratch-{Guid.NewGuid():N}");
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, new SourceHashes(null));
        build.Run(folder, new BuilderOptions(), HashTrust.ReadAgain, TestContext.Current.CancellationToken);
        return Bytes(folder);
    }

    private static Dictionary<string, byte[]> Bytes(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(f => Path.GetFileName(f) != BuildReport.FileName).ToDictionary(f => Path.GetRelativePath(folder, f), File.ReadAllBytes);

    private static StoreEntry Get(string checkpoint, Scratch scratch, Recipe recipe, StoreUse use = StoreUse.Normal)
    {
        var store = new Store(scratch.PathOf("store"));
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, new SourceHashes(store.HashFolder));
        return store.GetOrBuild(build, new BuilderOptions(), use, _ => { }, TestContext.Current.CancellationToken);
    }
}
