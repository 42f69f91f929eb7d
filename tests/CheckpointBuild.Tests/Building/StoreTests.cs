using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Building;

/// <summary>The store: one build for all who want a product, and no trust in what was damaged.</summary>
public sealed class StoreTests
{
    private static readonly Recipe Q8 = new() { Engine = "gguf", Quantization = "q8_0" };

    [Fact]
    public void Many_at_once_build_a_product_once()
    {
        using var scratch = new Scratch();
        string checkpoint = new TinyLlama().Write(scratch.PathOf("tiny"));
        var entries = new ConcurrentBag<StoreEntry>();

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => entries.Add(Get(checkpoint, scratch.PathOf("store"))));

        Assert.Single(entries, e => !e.WasThere);
        Assert.Single(entries.Select(e => e.Directory).Distinct());
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("deleted")]
    [InlineData("changed")]
    [InlineData("report")]
    public void A_damaged_entry_is_found_and_built_again(string damage)
    {
        using var scratch = new Scratch();
        string checkpoint = new TinyLlama().Write(scratch.PathOf("tiny"));
        StoreEntry sound = Get(checkpoint, scratch.PathOf("store"));
        string engine = sound.Files.Single().Path;
        byte[] bytes = File.ReadAllBytes(engine);
        DateTime time = File.GetLastWriteTimeUtc(engine);
        switch (damage)
        {
            case "cut":
                File.WriteAllBytes(engine, bytes[..(bytes.Length / 2)]);
                break;
            case "deleted":
                File.Delete(engine);
                break;
            case "changed":
                File.WriteAllBytes(engine, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
                File.SetLastWriteTimeUtc(engine, time);
                break;
            default:
                File.WriteAllText(Path.Combine(sound.Directory, BuildReport.FileName), "{");
                break;
        }

        var warnings = new ConcurrentBag<Diagnostic>();
        StoreEntry again = Get(checkpoint, scratch.PathOf("store"), warnings);

        Assert.False(again.WasThere);
        Assert.Equal(bytes, File.ReadAllBytes(again.Files.Single().Path));
        Assert.Equal("CKPT7051", Assert.Single(warnings).Code);
    }

    [Fact]
    public void Keys_follow_contents_and_choices_and_nothing_else()
    {
        using var scratch = new Scratch();
        string first = new TinyLlama().Write(scratch.PathOf("a/tiny"));
        string copy = new TinyLlama().Write(scratch.PathOf("b/tiny"));
        string other = new TinyLlama { Spoil = (_, values) => values[0] += 1 }.Write(scratch.PathOf("c/tiny"));
        File.WriteAllText(Path.Combine(copy, "notes.txt"), "not read by a GGUF build");

        Assert.Equal(Key(first, Q8), Key(copy, Q8));
        Assert.NotEqual(Key(first, Q8), Key(other, Q8));
        Assert.NotEqual(Key(first, Q8), Key(first, Q8 with { Quantization = "f16" }));
    }

    [Fact]
    public void A_changed_file_of_the_same_size_and_time_is_seen_when_sources_are_verified()
    {
        using var scratch = new Scratch();
        string checkpoint = new TinyLlama().Write(scratch.PathOf("tiny"));
        StoreEntry before = Get(checkpoint, scratch.PathOf("store"));
        string weights = Path.Combine(checkpoint, "model.safetensors");
        DateTime time = File.GetLastWriteTimeUtc(weights);
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        File.SetLastWriteTimeUtc(weights, time);

        Assert.Equal(before.Report.Key, Get(checkpoint, scratch.PathOf("store")).Report.Key);
        Assert.NotEqual(before.Report.Key, Get(checkpoint, scratch.PathOf("store"), use: StoreUse.VerifySources).Report.Key);
    }

    private static string Key(string checkpoint, Recipe recipe)
    {
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, new SourceHashes(null));
        return build.Key(HashTrust.ReadAgain, TestContext.Current.CancellationToken);
    }

    private static StoreEntry Get(string checkpoint, string root, ConcurrentBag<Diagnostic>? warnings = null, StoreUse use = StoreUse.Normal)
    {
        var store = new Store(root);
        using EngineBuild build = EngineBuild.Open(checkpoint, Q8, new SourceHashes(store.HashFolder));
        return store.GetOrBuild(build, new BuilderOptions(), use, w => warnings?.Add(w), default);
    }
}
