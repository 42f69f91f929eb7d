using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Vendors;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Engines of TensorRT-LLM: what is refused before the builder is started, and what a recording stand-in for it reads and leaves. No real engine is built here.</summary>
[Collection(nameof(TrtllmBuildTests))]
public sealed class TrtllmBuildTests
{
    [Theory]
    [InlineData("CKPT3231", "--streamingllm", "enable", "--pp_reduce_scatter", "enable")]
    [InlineData("CKPT3231", "--multiple_profiles", "enable", "--opt_num_tokens", "8")]
    [InlineData("CKPT3231", "--opt-batch-size", "16")]
    [InlineData("CKPT3231", "--kv_cache_type", "paged", "--paged_kv_cache", "disable")]
    [InlineData("CKPT3231", "--speculative_decoding_mode", "eagle", "--max_batch_size", "513")]
    [InlineData("CKPT3231", "--lora_plugin", "float16")]
    [InlineData("CKPT1001", "--lora_dir", "not-there")]
    [InlineData("CKPT9001", "--lora_target_modules", "attn_nonsense")]
    [InlineData("CKPT9001", "--gemm_plugin", "int4")]
    [InlineData("CKPT9001", "--plugin-config", "gemm_plugin=int4")]
    [InlineData("CKPT9001", "--plugin-config", "no_plugin=enable")]
    [InlineData("CKPT9001", "--max_batch_size", "many")]
    [InlineData("CKPT9001", "--max-beam-width", "0")]
    public async Task Flags_that_cannot_be_are_refused_before_any_work(string code, params string[] flags)
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync(["build", await RanksAsync(scratch), "--engine", "tensorrt-llm-engine", "--dry-run", "--output", scratch.PathOf("engine"), .. flags]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("engine")));
    }

    [Fact]
    public async Task A_missing_tensor_is_named_and_another_dtype_is_said()
    {
        using var scratch = new Scratch();
        string ranks = await RanksAsync(scratch);
        string config = await File.ReadAllTextAsync(Path.Combine(ranks, "config.json"), TestContext.Current.CancellationToken);
        string[] line = ["build", ranks, "--engine", "tensorrt-llm-engine", "--dry-run", "--output", scratch.PathOf("engine")];

        await File.WriteAllTextAsync(Path.Combine(ranks, "config.json"), config.Replace("\"dtype\": \"float16\"", "\"dtype\": \"bfloat16\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains("warning CKPT3240", (await Ckpt.DoneAsync(line)).Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(ranks, "config.json"), config.Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        CkptResult missing = await Ckpt.RunAsync(line);
        Assert.Contains("CKPT3232", missing.Error, StringComparison.Ordinal);
        Assert.Contains("transformer.layers.2.attention.qkv.weight", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_becomes_an_engine_by_way_of_ranks_that_a_strict_reader_takes()
    {
        using var scratch = new Scratch();
        using var tool = new EngineStandIn();

        CkptResult result = await Ckpt.DoneAsync(
            "build", new TinyLlama { Tied = false }.Write(scratch.PathOf("tiny")), "--engine", "tensorrt-llm-engine", "--tensor-parallel", "2", "--pipeline-parallel", "2", "--workers", "3",
            "--max-batch-size", "4", "--gather-context-logits", "--force-num-profiles", "2", "--plugin-config", "gemm_plugin=float16", "--output", scratch.PathOf("engine"));

        Assert.Contains("rank 3:", result.Error, StringComparison.Ordinal);
        Assert.Equal(["build-report.json", "config.json", "rank0.engine", "rank1.engine", "rank2.engine", "rank3.engine"], FilesOf(scratch.PathOf("engine")));
        JsonNode recorded = JsonNode.Parse(await File.ReadAllTextAsync(scratch.PathOf("engine/config.json"), TestContext.Current.CancellationToken))!["build_config"]!;
        Assert.Equal("""{"--gather_context_logits":"true","--gemm_plugin":"float16","--max_batch_size":"4","--workers":"3","BUILDER_FORCE_NUM_PROFILES":"2"}""", recorded.ToJsonString());
        Assert.Equal("0.16.0; NVIDIA Stand-In; 8.0", BuildReport.Read(scratch.PathOf("engine/build-report.json")).Tool);
    }

    [Theory]
    [InlineData("int8_wo", "W8A16", "F16")]
    [InlineData("int4_wo", "W4A16", "F16")]
    public async Task Weight_only_matrices_stay_floats_for_the_builder_which_packs_them_for_its_gpu(string quantization, string algorithm, string dtype)
    {
        using var scratch = new Scratch();
        using var tool = new EngineStandIn();

        await Ckpt.DoneAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "tensorrt-llm-engine", "--dtype", "float16", "--quantization", quantization, "--keep-stages", "true", "--output", scratch.PathOf("engine"));

        Assert.Contains($"\"quant_algo\": \"{algorithm}\"", await File.ReadAllTextAsync(scratch.PathOf("engine/checkpoint/config.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains($"Name = transformer.layers.0.mlp.fc.weight, DType = {dtype}", await File.ReadAllTextAsync(scratch.PathOf("engine/rank0.engine"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ranks_that_lie_there_are_taken_as_they_stand()
    {
        using var scratch = new Scratch();
        using var tool = new EngineStandIn();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--use_weight_only", "--dtype", "float16", "--output", scratch.PathOf("ranks"));

        await Ckpt.DoneAsync("build", scratch.PathOf("ranks"), "--engine", "tensorrt-llm-engine", "--keep-stages", "true", "--output", scratch.PathOf("engine"));

        Assert.Equal(await File.ReadAllBytesAsync(scratch.PathOf("ranks/rank0.safetensors"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(scratch.PathOf("engine/checkpoint/rank0.safetensors"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("STANDIN_FAULT", "crash", "CKPT3234")]
    [InlineData("STANDIN_FAULT", "missing", "CKPT3235")]
    [InlineData("STANDIN_FAULT", "memory", "CKPT3238")]
    [InlineData("STANDIN_FAULT", "checkpoint", "CKPT3239")]
    [InlineData("STANDIN_FAULT", "version", "CKPT3241")]
    [InlineData("STANDIN_FAULT", "ranks", "CKPT3242")]
    [InlineData("STANDIN_FAULT", "libraries", "CKPT3243")]
    [InlineData("STANDIN_VERSION", "", "CKPT3236")]
    [InlineData("STANDIN_VERSION", "0.9.0", "CKPT9001")]
    [InlineData("STANDIN_VERSION", "0.17.0", "CKPT3244")]
    [InlineData("STANDIN_GPU", "No devices were found", "CKPT3237")]
    [InlineData("CHECKPOINTBUILD_NVIDIA_SMI", "/nowhere/nvidia-smi", "CKPT3237")]
    [InlineData("CHECKPOINTBUILD_TRTLLM_BUILD", "/nowhere/trtllm-build", "CKPT3233")]
    public async Task What_goes_wrong_has_a_code_and_leaves_nothing(string variable, string value, string code)
    {
        using var scratch = new Scratch();
        using var tool = new EngineStandIn();
        EngineStandIn.Set((variable, value));

        CkptResult result = await Ckpt.RunAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "tensorrt-llm-engine", "--tensor-rt-llm-version", "0.16", "--output", scratch.PathOf("engine"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.Empty(FilesOf(scratch.PathOf("engine")));
    }

    [Fact]
    public async Task An_optional_engine_without_its_builder_is_its_checkpoint_and_says_so()
    {
        using var scratch = new Scratch();
        using var tool = new EngineStandIn();
        EngineStandIn.Set(("CHECKPOINTBUILD_TRTLLM_BUILD", "/nowhere/trtllm-build"));
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));

        CkptResult result = await Ckpt.DoneAsync("build", source, "--engine", "tensorrt-llm-engine", "--engine-optional", "true", "--max-batch-size", "4", "--output", scratch.PathOf("engine"));

        Assert.Contains("warning CKPT3246", result.Error, StringComparison.Ordinal);
        await Ckpt.DoneAsync("build", source, "--engine", "tensorrt-llm", "--output", scratch.PathOf("ranks"));
        Assert.Equal(BuildReport.Read(scratch.PathOf("ranks/build-report.json")).Key, BuildReport.Read(scratch.PathOf("engine/build-report.json")).Key);
    }

    [Fact]
    public async Task An_item_with_fields_of_the_build_configuration_is_built_once_and_found_in_the_store_afterwards()
    {
        using var scratch = new Scratch();
        using var tool = new EngineStandIn();
        var metadata = new JsonObject { ["Engine"] = "tensorrt-llm-engine", ["MaxBatchSize"] = "8", ["KvCacheType"] = "paged", ["UseFusedMlp"] = "true", ["Workers"] = "1" };
        var request = new JsonObject
        {
            ["protocol"] = 1,
            ["task"] = "BuildEngine",
            ["store"] = scratch.PathOf("store"),
            ["items"] = new JsonArray(new JsonObject { ["source"] = new TinyLlama().Write(scratch.PathOf("tiny")), ["engineName"] = "writer", ["metadata"] = metadata }),
        };
        await File.WriteAllTextAsync(scratch.PathOf("request.json"), request.ToJsonString(), TestContext.Current.CancellationToken);

        CkptResult first = await Ckpt.RunWithInputAsync(new OpenLifeline(), "worker", "--request", scratch.PathOf("request.json"));
        CkptResult second = await Ckpt.RunWithInputAsync(new OpenLifeline(), "worker", "--request", scratch.PathOf("request.json"));

        Assert.True(first.ExitCode == 0 && second.ExitCode == 0, first.ToString() + second);
        Assert.Contains("rank 0:", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("rank 0:", second.Output, StringComparison.Ordinal);
        Assert.Contains("rank0.engine", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_is_found_in_the_store_for_its_own_tool_and_gpu_alone()
    {
        using var scratch = new Scratch();
        using var tool = new EngineStandIn();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));

        string[] keys = [Key(source), Key(source), KeyWith(source, "STANDIN_VERSION", "0.16.1"), KeyWith(source, "STANDIN_GPU", "NVIDIA Stand-In, 9.0"), KeyWith(source, "STANDIN_GPU", "NVIDIA Other, 8.0")];

        Assert.Equal(keys[0], keys[1]);
        Assert.Equal(4, keys.Distinct().Count());
    }

    [Fact]
    public void A_recipe_for_an_engine_without_a_tool_handed_over_is_refused()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));

        Assert.Equal("CKPT3245", Assert.Throws<CheckpointException>(() => EngineBuild.Open(source, new Recipe { Engine = "tensorrt-llm-engine" }, new SourceHashes(null))).Code);
    }

    private static string KeyWith(string source, string variable, string value)
    {
        EngineStandIn.Set((variable, value));
        string key = Key(source);
        EngineStandIn.Set((variable, null));
        return key;
    }

    private static string Key(string source)
    {
        using EngineBuild build = EngineBuild.Open(new CheckpointLocation(source), new Recipe { Engine = "tensorrt-llm-engine" }, new SourceHashes(null), null, new TrtllmTool(_ => { }));
        return build.Key(HashTrust.ReadAgain, TestContext.Current.CancellationToken);
    }

    private static string[] FilesOf(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)] : [];

    private static async Task<string> RanksAsync(Scratch scratch)
    {
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--dtype", "float16", "--output", scratch.PathOf("ranks"));
        return scratch.PathOf("ranks");
    }
}
