using System;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>The same cases in the default mode: the same bytes, or a coded refusal, or something else with a warning; where the reference loses something, it is never silent.</summary>
public sealed class FaithfulTests
{
    // Where the reference loses or damages something without a word, and what is said here.
    private static readonly (string Cases, string[] Codes)[] Lossy =
    [
        ("llama-gqa.f16.pp3", ["CKPT3205", "CKPT3220"]), ("doc-llama.bf16.tp2pp4", ["CKPT3205", "CKPT3220"]), ("refuse.17", ["CKPT3205", "CKPT3220"]),
        ("llama-bias.f16", ["CKPT3222", "CKPT3221"]), ("llama-bias.sq", ["CKPT3222", "CKPT3221"]),
        ("gptq4.g64.asym", ["CKPT3224", "CKPT3223"]),
        ("llama-pad.int8.f16.tp2", ["CKPT3219", "CKPT3225"]), ("llama-pad.int4.f16.tp2", ["CKPT3219", "CKPT3225"]),
        ("refuse.12", ["CKPT2007", "CKPT2998"]), ("refuse.15", ["CKPT2004", "CKPT2996"]), ("refuse.16", ["CKPT2006", "CKPT2997"]),
        ("refuse.25", ["CKPT3218", "CKPT3226"]),
    ];

    public static TheoryData<string> Cases => TensorRtLlmCase.Topic.Cases(_ => TensorRtLlmCase.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Default_mode_gives_the_same_or_says_otherwise(string name)
    {
        if (TensorRtLlmCase.Topic.SaysAbsent(name) || TensorRtLlmCase.Find(name).IsRefused)
        {
            return;
        }

        using var scratch = new Scratch();
        TensorRtLlmCase one = TensorRtLlmCase.Find(name);

        CkptResult result = await Ckpt.RunAsync(one.CommandLine(scratch, "safe"));

        string[] codes = [.. Lossy.Where(l => name.StartsWith(l.Cases, StringComparison.Ordinal)).SelectMany(l => l.Codes)];
        Assert.True(codes.Length == 0 || codes.Any(c => result.Error.Contains(c, StringComparison.Ordinal)), result.ToString());
        Assert.True(result.ExitCode == 0 || result.IsRefusal, result.ToString());
        bool isSame = result.ExitCode == 0 && !one.Files.SelectMany(f => RankFile.Differences(scratch.PathOf($"out/{f.Key}"), f.Value, one.LacksStatistics)).Any();
        Assert.True(isSame || result.IsRefusal || result.Error.Contains("warning CKPT", StringComparison.Ordinal), $"differs without a word\n{result}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Reference_mode_says_what_is_lost(string name)
    {
        string[] codes = [.. Lossy.Where(l => name.StartsWith(l.Cases, StringComparison.Ordinal)).SelectMany(l => l.Codes)];
        if (TensorRtLlmCase.Topic.SaysAbsent(name) || TensorRtLlmCase.Find(name).IsRefused || codes.Length == 0)
        {
            return;
        }

        using var scratch = new Scratch();

        CkptResult result = await Ckpt.DoneAsync(TensorRtLlmCase.Find(name).CommandLine(scratch, "reference"));

        Assert.True(codes.Any(c => result.Error.Contains($"warning {c}", StringComparison.Ordinal)), result.ToString());
    }
}
