using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
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
        ("refuse.25", ["CKPT3218", "CKPT3226"]), ("llama-gqa.sq.tensor.tp4", ["CKPT3230", "CKPT3229"]),
    ];

    public static TheoryData<string> Cases => TensorRtLlmCase.Topic.Cases(_ => TensorRtLlmCase.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Default_mode_gives_the_same_or_says_otherwise(string name)
    {
        if (TensorRtLlmCase.Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        TensorRtLlmCase one = TensorRtLlmCase.Find(name);

        CkptResult result = await Ckpt.RunAsync(one.CommandLine(scratch, "safe"));

        if (one.IsRefused)
        {
            // Nothing is left behind, or what the reference cannot make is made and said.
            bool leavesNothing = !Directory.Exists(scratch.PathOf("out")) || !Directory.EnumerateFileSystemEntries(scratch.PathOf("out")).Any();
            Assert.True(result.IsRefusal ? leavesNothing : result.ExitCode == 0 && result.Error.Contains("warning CKPT3228", StringComparison.Ordinal), $"the reference refuses: {one.Reason}\n{result}");
            return;
        }

        string[] codes = [.. Lossy.Where(l => name.StartsWith(l.Cases, StringComparison.Ordinal)).SelectMany(l => l.Codes)];
        Assert.True(codes.Length == 0 || codes.Any(c => result.Error.Contains(c, StringComparison.Ordinal)), result.ToString());
        Assert.True(result.ExitCode == 0 || result.IsRefusal, result.ToString());
        bool isSame = result.ExitCode == 0 && !one.Files.SelectMany(f => RankFile.Differences(scratch.PathOf($"out/{f.Key}"), f.Value, one.LacksStatistics)).Any();
        Assert.True(isSame || result.IsRefusal || codes.Any(c => result.Error.Contains($"warning {c}", StringComparison.Ordinal)), $"differs without a word\n{result}");
    }

    [Fact]
    public async Task Zero_points_that_the_reference_would_lose_are_those_of_its_own_way_to_keep_them()
    {
        GoldenTopic source = TensorRtLlmCase.Topic.Topic("models/in-gptq4-g64-asym");
        if (source.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        string[] line = ["convert", "--to", "tensorrt-llm", "--model_dir", source.Reach(), "--dtype", "float16", "--output_dir"];

        await Ckpt.DoneAsync([.. line, scratch.PathOf("kept")]);
        await Ckpt.DoneAsync([.. line, scratch.PathOf("named"), "--use_weight_only", "--weight_only_precision", "int4_gptq", "--quant_ckpt_path", source.Reach()]);

        Assert.Equal(await File.ReadAllBytesAsync(scratch.PathOf("named/rank0.safetensors"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(scratch.PathOf("kept/rank0.safetensors"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Quantized_weights_alone_go_with_the_configuration_of_the_model_that_they_were_made_from()
    {
        GoldenTopic source = TensorRtLlmCase.Topic.Topic("models/in-gptq4-g64-asym");
        if (source.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        JsonObject config = JsonNode.Parse(source.ReadBytes("config.json"))!.AsObject();
        config.Remove("quantization_config");
        Directory.CreateDirectory(scratch.PathOf("model"));
        Directory.CreateDirectory(scratch.PathOf("weights"));
        await File.WriteAllTextAsync(scratch.PathOf("model/config.json"), config.ToJsonString(), TestContext.Current.CancellationToken);
        File.Copy(source.Reach("model.safetensors"), scratch.PathOf("weights/llama-4bit-gs64.safetensors"));
        string[] flags = ["--dtype", "float16", "--use_weight_only", "--weight_only_precision", "int4_gptq", "--per_group"];

        await Ckpt.DoneAsync(["convert", "--to", "tensorrt-llm", "--model_dir", source.Reach(), "--quant_ckpt_path", source.Reach(), .. flags, "--output_dir", scratch.PathOf("together")]);
        await Ckpt.DoneAsync(
            ["convert", "--to", "tensorrt-llm", "--model_dir", scratch.PathOf("model"), "--quant_ckpt_path", scratch.PathOf("weights/llama-4bit-gs64.safetensors"), "--group_size", "64", .. flags, "--output_dir", scratch.PathOf("apart")]);

        foreach (string file in new[] { "config.json", "rank0.safetensors" })
        {
            Assert.Equal(await File.ReadAllBytesAsync(scratch.PathOf("together/" + file), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(scratch.PathOf("apart/" + file), TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("in-gptq4-g64-asym", "W8A16")]
    [InlineData("in-gptq4-g64-asym", "int8_gptq")]
    [InlineData("in-awq4-g64", "W4A8_AWQ")]
    [InlineData("in-gptq4-g64-asym", "FP8")]
    public async Task A_quantized_source_is_not_quantized_by_another_algorithm(string input, string algorithm)
    {
        GoldenTopic source = TensorRtLlmCase.Topic.Topic("models/" + input);
        if (source.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("convert", source.Reach(), "--to", "tensorrt-llm", "--quantization", algorithm, "--output", scratch.PathOf("out"));

        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains("CKPT3217", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("out")), result.ToString());
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
