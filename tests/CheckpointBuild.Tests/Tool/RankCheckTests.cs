using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Ranks held against their configuration, whatever their weights hold, and read as the numbers that they stand for.</summary>
public sealed class RankCheckTests
{
    private static readonly string[][] Quantizations =
    [
        ["--smoothquant", "0.5"], ["--smoothquant", "0.5", "--per_channel"], ["--smoothquant", "0.5", "--per_token"], ["--smoothquant", "0.5", "--per_channel", "--per_token"],
        ["--quantization", "int8_sq"], ["--quantization", "int4_awq", "--group-size", "32"], ["--smoothquant", "0.5", "--int8_kv_cache"],
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Quantizations.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Calibrated_ranks_fit_their_configuration_and_a_lost_tensor_is_missed(int which)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { Tied = false, FeedForward = 128 }.Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync(["convert", source, "--to", "tensorrt-llm", "--dtype", "float16", "--tensor-parallel", "2", .. Quantizations[which], "--calibration-statistics", Statistics(scratch, source), "--output", scratch.PathOf("ranks")]);
        CkptResult whole = await Ckpt.DoneAsync("assemble", scratch.PathOf("ranks"));
        Assert.DoesNotContain("warning", whole.Error, StringComparison.Ordinal);

        foreach (int rank in (int[])[0, 1])
        {
            Without(scratch.PathOf($"ranks/rank{rank}.safetensors"), "transformer.layers.1.mlp.proj.weight");
        }

        CkptResult result = await Ckpt.RunAsync("assemble", scratch.PathOf("ranks"));

        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains("CKPT3232", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heads_that_ranks_repeat_are_held_against_each_other()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--tensor-parallel", "2", "--output", scratch.PathOf("ranks"));
        string path = scratch.PathOf("ranks/config.json");
        JsonObject config = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!.AsObject();
        config["num_key_value_heads"] = 1;
        await File.WriteAllTextAsync(path, config.ToJsonString(), TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.RunAsync("convert", scratch.PathOf("ranks"), "--to", "huggingface", "--output", scratch.PathOf("back"));

        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains("CKPT3251", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_eight_bit_floats_are_read_back_near_what_they_were()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--tensor-parallel", "2", "--use_fp8_rowwise", "--output", scratch.PathOf("ranks"));

        Assert.InRange(Errors(source, scratch.PathOf("ranks")).Max(), 1e-4, 0.05);
    }

    // An eighth bit loses a percent; what smoothing moves from norms into weights is far more.
    [Fact]
    public async Task Smoothed_weights_are_compared_with_the_norms_before_them()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { Tied = false, FeedForward = 128 }.Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--dtype", "float16", "--smoothquant", "0.5", "--per_channel", "--per_token", "--calibration-statistics", Statistics(scratch, source), "--output", scratch.PathOf("ranks"));

        Assert.InRange(Errors(source, scratch.PathOf("ranks")).Max(), 1e-4, 0.05);
    }

    [Fact]
    public async Task Several_modules_for_adapters_are_values_of_one_flag()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--output", scratch.PathOf("ranks"));
        Directory.CreateDirectory(scratch.PathOf("a"));
        Directory.CreateDirectory(scratch.PathOf("b"));

        await Ckpt.DoneAsync("build", "--engine", "tensorrt-llm-engine", "--checkpoint_dir", scratch.PathOf("ranks"), "--dry_run", "--lora_target_modules", "attn_q", "attn_v", "--lora_dir", scratch.PathOf("a"), scratch.PathOf("b"), "--lora_plugin", "auto", "--output_dir", scratch.PathOf("engine"));

        JsonNode lora = JsonNode.Parse(await File.ReadAllTextAsync(scratch.PathOf("engine/config.json"), TestContext.Current.CancellationToken))!["build_config"]!["lora_config"]!;
        Assert.Equal("""["attn_q","attn_v"]""", lora["lora_target_modules"]!.ToJsonString());
        Assert.Equal(["a", "b"], lora["lora_dir"]!.AsArray().Select(d => Path.GetFileName(d!.GetValue<string>())));
    }

    [Fact]
    public async Task A_block_of_the_cache_has_a_power_of_two_of_tokens()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--output", scratch.PathOf("ranks"));

        CkptResult result = await Ckpt.RunAsync("build", scratch.PathOf("ranks"), "--engine", "tensorrt-llm-engine", "--dry_run", "--tokens_per_block", "7", "--output", scratch.PathOf("engine"));

        Assert.Contains("CKPT3231", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_num_tokens 2", "--max_num_tokens", "2", "--max_batch_size", "8")]
    [InlineData("reduce_fusion enable", "--reduce_fusion", "enable")]
    public async Task A_setting_in_whose_place_the_builder_takes_another_is_said(string what, params string[] flags)
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--output", scratch.PathOf("ranks"));

        CkptResult result = await Ckpt.DoneAsync(["build", scratch.PathOf("ranks"), "--engine", "tensorrt-llm-engine", "--dry_run", .. flags, "--output", scratch.PathOf("engine")]);

        Assert.Contains($"warning CKPT3265: {what}", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_seq_len 4096", "--max_seq_len", "4096")]
    [InlineData("max_input_len 500", "--max_seq_len", "100", "--max_input_len", "500")]
    [InlineData("opt_num_tokens 99999", "--opt_num_tokens", "99999")]
    public async Task What_a_model_cannot_use_of_an_engine_is_said_with_the_valid_range(string what, params string[] flags)
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--output", scratch.PathOf("ranks"));

        CkptResult result = await Ckpt.DoneAsync(["build", scratch.PathOf("ranks"), "--engine", "tensorrt-llm-engine", "--dry_run", .. flags, "--output", scratch.PathOf("engine")]);

        Assert.Contains($"warning CKPT3264: {what}", result.Error, StringComparison.Ordinal);
        Assert.Contains("valid: 1 to", result.Error, StringComparison.Ordinal);
    }

    private static double[] Errors(string source, string ranks)
    {
        using var left = CheckpointDirectory.Open(source);
        using var right = CheckpointDirectory.Open(ranks);
        return [.. WeightErrors.Of(Dialect.Detect(left).Read(left), Dialect.Detect(right).Read(right), TestContext.Current.CancellationToken).Select(e => e.Relative)];
    }

    // Inputs that differ as much as those of real models do.
    private static string Statistics(Scratch scratch, string source)
    {
        using var directory = CheckpointDirectory.Open(source);
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        CalibrationStatistics hollow = HollowStatistics.Of("a test", checkpoint.Family, checkpoint.Config);
        static ImmutableArray<float> Uneven(ImmutableArray<float> ones) => [.. ones.Select((v, i) => v * (1 + (i % 7 * 3)))];
        var uneven = new CalibrationStatistics("a test", hollow.All.Select(m => KeyValuePair.Create(m.Key, new ModuleStatistics(Uneven(m.Value.Inputs), m.Value.Outputs) { Squares = Uneven(m.Value.Squares) })));
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([StatisticsFile.Plan("statistics.safetensors", uneven)], []), scratch.Folder, TestContext.Current.CancellationToken);
        return scratch.PathOf("statistics.safetensors");
    }

    private static void Without(string path, string name)
    {
        FilePlan plan;
        string folder = Path.GetDirectoryName(path)!, next = path + ".next";
        using (var source = new FileSource(path))
        {
            plan = Format.Safetensors.Plan(Path.GetFileName(next), new TensorFile(new TensorTable(Format.Safetensors.Read(source).Tensors.Where(t => t.Name != name)), new Metadata()));
            new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), Path.Combine(folder, "next"), TestContext.Current.CancellationToken);
        }

        File.Move(Path.Combine(folder, "next", Path.GetFileName(next)), path, overwrite: true);
        Directory.Delete(Path.Combine(folder, "next"), recursive: true);
    }
}
