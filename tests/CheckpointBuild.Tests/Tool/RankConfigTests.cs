using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using System.Text.Json.Nodes;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Configurations of ranks that somebody edited: whatever a field holds, every verb names it.</summary>
public sealed class RankConfigTests
{
    [Theory]
    [InlineData("LlamaForCausalLM", """{"quantization":"x"}""")]
    [InlineData("LlamaForCausalLM", """{"quantization":[1]}""")]
    [InlineData("LlamaForCausalLM", """{"quantization":{"quant_algo":5}}""")]
    [InlineData("LlamaForCausalLM", """{"quantization":{"quant_algo":"FOO"}}""")]
    [InlineData("LlamaForCausalLM", """{"quantization":{"quant_algo":"int8_wo"}}""")]
    [InlineData("LlamaForCausalLM", """{"quantization":{"kv_cache_quant_algo":"FOO"}}""")]
    [InlineData("LlamaForCausalLM", """{"moe":{"num_experts":"x"}}""")]
    [InlineData("LlamaForCausalLM", """{"moe":[]}""")]
    [InlineData("LlamaForCausalLM", """{"mapping":[1]}""")]
    [InlineData("LlamaForCausalLM", """{"mapping":{"tp_size":1.5}}""")]
    [InlineData("LlamaForCausalLM", """{"architecture":5}""")]
    [InlineData("LlamaForCausalLM", """{"dtype":5}""")]
    [InlineData("LlamaForCausalLM", """{"use_parallel_embedding":"x"}""")]
    [InlineData("LlamaForCausalLM", """{"use_parallel_embedding":true,"embedding_sharding_dim":"x"}""")]
    [InlineData("LlamaForCausalLM", """{"use_parallel_embedding":true,"embedding_sharding_dim":7}""")]
    [InlineData("LlamaForCausalLM", """{"rotary_scaling":{"type":5,"factor":2.0}}""")]
    [InlineData("LlamaForCausalLM", """{"rotary_scaling":{"type":"linear","factor":"x"}}""")]
    [InlineData("LlamaForCausalLM", """{"disable_weight_only_quant_plugin":"x"}""")]
    [InlineData("LlamaForCausalLM", """{"embedding_multiplier":12.0}""")]
    [InlineData("FalconForCausalLM", """{"num_key_value_heads":"x"}""")]
    [InlineData("GPTNeoXForCausalLM", """{"hidden_size":"x"}""")]
    [InlineData("Qwen2MoeForCausalLM", """{"moe":{"num_experts":2,"normalization_mode":"x"}}""")]
    public async Task A_field_of_another_kind_is_named_by_every_verb(string architecture, string fields)
    {
        using var scratch = new Scratch();
        string ranks = await RanksAsync(scratch);
        await EditAsync(ranks, architecture, fields);

        foreach (string[] line in (string[][])[["convert", ranks, "--to", "huggingface", "--output", scratch.PathOf("out")], ["assemble", ranks], ["build", ranks, "--engine", "tensorrt-llm-engine", "--dry_run", "--output", scratch.PathOf("engine")]])
        {
            CkptResult result = await Ckpt.RunAsync(line);
            Assert.True(result.ExitCode == 1 && result.Error.Contains("CKPT2002", StringComparison.Ordinal), $"{line[0]}: {result}");
        }

        CkptResult inspected = await Ckpt.RunAsync("inspect", ranks, "--json");
        Assert.Contains("CKPT2002", inspected.Output + inspected.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NVFP4")]
    [InlineData("MIXED_PRECISION")]
    public async Task Ranks_of_an_algorithm_that_only_the_runtime_knows_are_checked_and_not_read(string algorithm)
    {
        using var scratch = new Scratch();
        string ranks = await RanksAsync(scratch);
        await EditAsync(ranks, "LlamaForCausalLM", $$$"""{"quantization":{"quant_algo":"{{{algorithm}}}"}}""");

        await Ckpt.DoneAsync("assemble", ranks);
        CkptResult result = await Ckpt.RunAsync("convert", ranks, "--to", "huggingface", "--output", scratch.PathOf("out"));

        Assert.Contains("CKPT2990", result.Error, StringComparison.Ordinal);
        Assert.Contains(algorithm, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Multipliers_are_refused_where_the_release_has_no_place_for_them()
    {
        using var scratch = new Scratch();
        string source = FamilySample.Named("GraniteForCausalLM, default").Write(scratch.PathOf("sample"));

        CkptResult result = await Ckpt.RunAsync("convert", source, "--to", "tensorrt-llm", "--output", scratch.PathOf("out"));

        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains("CKPT3257", result.Error, StringComparison.Ordinal);
        Assert.Contains("TensorRtLlmVersion 1.0", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ranks_of_a_release_that_spreads_layers_fit_their_configuration()
    {
        using var scratch = new Scratch();
        string source = FamilySample.Named("LlamaForCausalLM, default").Write(scratch.PathOf("sample"));
        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--tensor-rt-llm-version", "1.0", "--pp_size", "3", "--output", scratch.PathOf("ranks"));

        CkptResult result = await Ckpt.DoneAsync("assemble", scratch.PathOf("ranks"));

        Assert.DoesNotContain("CKPT2997", result.Error, StringComparison.Ordinal);
    }

    private static async Task<string> RanksAsync(Scratch scratch)
    {
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--output", scratch.PathOf("ranks"));
        return scratch.PathOf("ranks");
    }

    private static async Task EditAsync(string ranks, string architecture, string fields)
    {
        string path = Path.Combine(ranks, "config.json");
        JsonObject config = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!.AsObject();
        config["architecture"] = architecture;
        foreach (KeyValuePair<string, JsonNode?> field in JsonNode.Parse(fields)!.AsObject())
        {
            config[field.Key] = field.Value?.DeepClone();
        }

        await File.WriteAllTextAsync(path, config.ToJsonString(), TestContext.Current.CancellationToken);
    }
}
