using System;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Adapters;

/// <summary>Adapters of kinds that are not merged, and damaged ones: refused by name, except what the topic's README calls fine.</summary>
public sealed class AdapterRefusalTests
{
    private static readonly string[] Fine = ["default-inserted", "unknown-config-key", "minimal-config"];

    public static TheoryData<string> Kinds => AdapterCase.Names("refuse");

    public static TheoryData<string> Damaged => AdapterCase.Names("broken");

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Adapter_of_another_kind_is_refused_by_the_name_of_the_kind(string name)
    {
        if (AdapterCase.Topic.SaysAbsent(name))
        {
            return;
        }

        string kind = AdapterCase.Topic.ReadJson("index.json").GetProperty("refuse").GetProperty(name).GetProperty("peftType").GetString()!;
        CkptResult result = await MergeAsync($"refuse/{name}");

        Assert.True(result.IsRefusal && result.Error.Contains("CKPT2261", StringComparison.Ordinal), result.ToString());
        Assert.True(kind == "LORA" || result.Error.Contains(kind, StringComparison.Ordinal), result.ToString());
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task Damaged_adapter_is_refused_by_a_code(string name)
    {
        if (AdapterCase.Topic.SaysAbsent(name))
        {
            return;
        }

        CkptResult result = await MergeAsync($"broken/{name}");

        Assert.True(Fine.Contains(name) ? result.ExitCode == 0 : result.IsRefusal, result.ToString());
    }

    private static async Task<CkptResult> MergeAsync(string adapter)
    {
        using var scratch = new Scratch();
        string folder = AdapterCase.Topic.Reach(adapter);
        return await Ckpt.RunAsync("convert", AdapterCase.Topic.Reach("base/llama"), "--to", "huggingface", "--adapter", folder, "--output", scratch.PathOf("out"));
    }
}
