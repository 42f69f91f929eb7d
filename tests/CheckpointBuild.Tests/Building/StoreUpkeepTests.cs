using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Building;

/// <summary>A store that is looked through and made smaller.</summary>
public sealed class StoreUpkeepTests
{
    private static readonly string[] Types = ["q8_0", "f16", "f32"];

    [Fact]
    public void A_store_lists_what_it_holds_with_the_last_used_first()
    {
        using var scratch = new Scratch();
        Store store = Fill(scratch);

        Assert.Equal(Types.Length, store.List().Length);
        Assert.All(store.List(), p => Assert.Equal(("tiny", "gguf"), (p.Name, p.Engine)));
        Assert.Equal(store.List().OrderByDescending(p => p.LastUse), store.List());
    }

    [Fact]
    public void What_was_used_a_moment_ago_stays()
    {
        using var scratch = new Scratch();

        Assert.Empty(Fill(scratch).Collect(1));
    }

    [Fact]
    public void What_was_used_longest_ago_goes_first_and_no_more_than_must()
    {
        using var scratch = new Scratch();
        Store store = Fill(scratch);
        StoredProduct[] products = [.. store.List()];
        Age(scratch, products);

        StoredProduct removed = Assert.Single(store.Collect(products.Sum(p => p.Bytes) - 1));

        Assert.Equal(products[^1].Key, removed.Key);
        Assert.False(Directory.Exists(removed.Directory));
        Assert.Equal(Types.Length - 1, store.List().Length);
    }

    [Fact]
    public void What_a_build_works_on_stays()
    {
        using var scratch = new Scratch();
        Store store = Fill(scratch);
        StoredProduct[] products = [.. store.List()];
        Age(scratch, products);
        using var guard = new FileStream(scratch.PathOf($"store/v1/locks/{products[^1].Key}"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal(products[..^1].Select(p => p.Key).Order(), store.Collect(1).Select(p => p.Key).Order());
    }

    [Fact]
    public void What_killed_builds_of_other_products_left_goes_with_the_next_build()
    {
        using var scratch = new Scratch();
        Store store = Fill(scratch);
        string abandoned = scratch.PathOf($"store/v1/tmp/{new string('a', 64)}");
        string running = scratch.PathOf($"store/v1/tmp/{new string('b', 64)}");
        Directory.CreateDirectory(abandoned);
        Directory.CreateDirectory(running);
        using var guard = new FileStream(scratch.PathOf($"store/v1/locks/{new string('b', 64)}"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Get(store, scratch.PathOf("tiny"), "bf16");

        Assert.False(Directory.Exists(abandoned));
        Assert.True(Directory.Exists(running));
    }

    [Fact]
    public async Task Damage_is_named_and_removed_when_asked()
    {
        using var scratch = new Scratch();
        Store store = Fill(scratch);
        await File.WriteAllTextAsync(Path.Combine(store.List()[0].Directory, "tiny.gguf"), "damaged", TestContext.Current.CancellationToken);

        CkptResult verified = await Ckpt.RunAsync("store", "verify", "--store", scratch.PathOf("store"));
        CkptResult collected = await Ckpt.DoneAsync("store", "gc", "--damaged", "--store", scratch.PathOf("store"));

        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("CKPT7082", verified.Error, StringComparison.Ordinal);
        Assert.Contains("1 product removed", collected.Output, StringComparison.Ordinal);
        Assert.Contains("2 products are sound", (await Ckpt.DoneAsync("store", "verify", "--store", scratch.PathOf("store"))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stays_although_less_was_wanted_is_told_with_the_reason()
    {
        using var scratch = new Scratch();
        Fill(scratch);

        string output = (await Ckpt.DoneAsync("store", "gc", "--max-size", "1", "--store", scratch.PathOf("store"))).Output;

        Assert.Contains("0 products removed", output, StringComparison.Ordinal);
        Assert.Matches("3 products of [0-9.]+ MB in all stay, more than 0.0 MB: .* in the last 10 minutes", output);
        Assert.DoesNotContain("stay", (await Ckpt.DoneAsync("store", "gc", "--max-size", "1GB", "--store", scratch.PathOf("store"))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_is_of_the_current_folder_and_its_properties_have_values()
    {
        Assert.Contains("[default: .]", (await Ckpt.DoneAsync("plan", "--help")).Output, StringComparison.Ordinal);
        CkptResult result = await Ckpt.RunAsync("plan", "--property", "Configuration");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Configuration=Release", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_report_is_told_where_reports_lie()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.PathOf("models"));

        Assert.Contains("-getTargetResult:GetModelEngines", (await Ckpt.RunAsync("verify", scratch.PathOf("models"))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_written_as_JSON_too()
    {
        using var scratch = new Scratch();
        Fill(scratch);

        Assert.StartsWith("[{\"key\":", (await Ckpt.DoneAsync("store", "list", "--json", "--store", scratch.PathOf("store"))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_is_not_there_cannot_be_planned()
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("bad.slnf"), "{", TestContext.Current.CancellationToken);

        Assert.Contains("CKPT7080", (await Ckpt.RunAsync("plan", scratch.PathOf("none.csproj"))).Error, StringComparison.Ordinal);
        Assert.Contains("CKPT7081", (await Ckpt.RunAsync("plan", scratch.PathOf("bad.slnf"))).Error, StringComparison.Ordinal);
    }

    private static Store Fill(Scratch scratch)
    {
        var store = new Store(scratch.PathOf("store"));
        string checkpoint = new TinyLlama().Write(scratch.PathOf("tiny"));
        foreach (string type in Types)
        {
            Get(store, checkpoint, type);
        }

        return store;
    }

    private static void Get(Store store, string checkpoint, string type)
    {
        using EngineBuild build = EngineBuild.Open(checkpoint, new Recipe { Engine = "gguf", Quantization = type }, new SourceHashes(store.HashFolder));
        store.GetOrBuild(build, new BuilderOptions(), StoreUse.Normal, _ => { }, TestContext.Current.CancellationToken);
    }

    // An hour apart, in the order that the list has.
    private static void Age(Scratch scratch, StoredProduct[] products)
    {
        for (int i = 0; i < products.Length; i++)
        {
            File.SetLastWriteTimeUtc(scratch.PathOf($"store/v1/uses/{products[i].Key}"), DateTime.UtcNow.AddHours(-1 - i));
        }
    }
}
