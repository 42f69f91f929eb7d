using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Flags of NVIDIA's scripts beside each other: what the configuration says then, what is said, what is refused.</summary>
public sealed class NvidiaFlagTests
{
    [Theory]
    [InlineData("quantization.group_size", "128", "--use_weight_only", "--group_size", "64")]
    [InlineData("quantization.group_size", "128", "--group_size", "64")]
    [InlineData("quantization.quant_algo", "W8A16", "--use_weight_only", "--weight_only_precision")]
    [InlineData("mapping.tp_size", "2", "--weight_only_precision", "--tp_size", "2")]
    [InlineData("quantization.kv_cache_quant_algo", "FP8", "--int8_kv_cache", "--fp8_kv_cache")]
    [InlineData("moe.top_k", "1", "--moe_num_experts", "4")]
    [InlineData("moe.top_k", "3", "--moe_num_experts", "4", "--moe_top_k", "3")]
    [InlineData("moe.top_k", "0")]
    [InlineData("quantization.quant_algo", "FP8", "--use_fp8", "--smoothquant", "0.5")]
    [InlineData("quantization.quant_algo", "W8A16", "--use_weight_only", "--use_fp8")]
    [InlineData("quantization.quant_algo", "null", "--per_group")]
    [InlineData("mapping.tp_size", "2", "--tp_size", "4", "--tp_size", "2")]
    public async Task A_configuration_alone_says_what_the_script_s_would(string field, string value, params string[] flags)
    {
        using var scratch = new Scratch();

        await Ckpt.DoneAsync(["convert", "--to", "tensorrt-llm", .. flags, "--output_dir", scratch.PathOf("out")]);

        JsonNode? node = JsonNode.Parse(await File.ReadAllTextAsync(scratch.PathOf("out/config.json"), TestContext.Current.CancellationToken));
        Assert.Equal(value, field.Split('.').Aggregate(node, (n, name) => n![name])?.ToString() ?? "null");
    }

    [Theory]
    [InlineData("warning CKPT9095: --group_size", "--use_weight_only", "--group_size", "64")]
    [InlineData("warning CKPT9095: --embedding_sharding_dim", "--embedding_sharding_dim", "1")]
    [InlineData("warning CKPT9095: --int8_kv_cache", "--int8_kv_cache", "--fp8_kv_cache")]
    [InlineData("warning CKPT9095: --smoothquant", "--use_fp8", "--smoothquant", "0.5")]
    [InlineData("warning CKPT9095: --per_group", "--per_group")]
    [InlineData("CKPT9001: embedding_sharding_dim", "--embedding_sharding_dim", "7")]
    [InlineData("CKPT9090: --smoothquant and weight-only", "--use_weight_only", "--smoothquant", "0.5")]
    public async Task A_flag_that_does_nothing_beside_another_is_said(string message, params string[] flags)
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync(["convert", "--to", "tensorrt-llm", .. flags, "--output_dir", scratch.PathOf("out")]);

        Assert.True(result.Error.Replace("'", "", StringComparison.Ordinal).Contains(message, StringComparison.Ordinal), result.ToString());
    }

    [Theory]
    [InlineData("checkpoint argument and --model_dir", "convert", "{0}", "--to", "tensorrt-llm", "--model_dir", "{0}", "--output_dir", "{1}")]
    [InlineData("checkpoint argument and --model_dir", "quantize", "{0}", "--qformat", "int8_wo", "--model_dir", "{0}", "--output_dir", "{1}")]
    [InlineData("--tp_size needs a value, and --dtype follows it", "convert", "{0}", "--to", "tensorrt-llm", "--tp_size", "--dtype", "float16", "--output_dir", "{1}")]
    [InlineData("tensor-parallel -1", "convert", "{0}", "--to", "tensorrt-llm", "--tp_size", "-1", "--output_dir", "{1}")]
    public async Task A_line_that_says_two_things_or_half_a_thing_is_refused(string message, params string[] line)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));

        CkptResult result = await Ckpt.RunAsync([.. line.Select(word => word.Replace("{0}", source, StringComparison.Ordinal).Replace("{1}", scratch.PathOf("out"), StringComparison.Ordinal))]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.True(result.Error.Replace("'", "", StringComparison.Ordinal).Contains(message, StringComparison.Ordinal), result.ToString());
        Assert.False(Directory.Exists(scratch.PathOf("out")));
    }

    [Fact]
    public async Task Four_bit_floats_are_refused_by_name()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("quantize", "--model_dir", new TinyLlama().Write(scratch.PathOf("tiny")), "--qformat", "nvfp4", "--output_dir", scratch.PathOf("out"));

        Assert.Contains("CKPT9096", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.16", "float16")]
    [InlineData("1.0", "bfloat16")]
    public async Task The_newer_name_of_the_dtype_is_read_by_the_releases_that_know_it(string release, string dtype)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { Configure = json => { json.Remove("torch_dtype"); json["dtype"] = "bfloat16"; } }.Write(scratch.PathOf("tiny"));

        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--tensor-rt-llm-version", release, "--output", scratch.PathOf("out"));

        Assert.Equal(dtype, JsonNode.Parse(await File.ReadAllTextAsync(scratch.PathOf("out/config.json"), TestContext.Current.CancellationToken))!["dtype"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("GPT2LMHeadModel, default")]
    [InlineData("FalconForCausalLM, default")]
    [InlineData("Phi3ForCausalLM, default")]
    [InlineData("MixtralForCausalLM, default")]
    public async Task Rows_of_eight_bit_floats_are_refused_where_the_class_has_no_form_for_them(string sample)
    {
        using var scratch = new Scratch();
        string source = FamilySample.Named(sample).Write(scratch.PathOf("sample"));

        CkptResult result = await Ckpt.RunAsync("convert", source, "--to", "tensorrt-llm", "--use_fp8_rowwise", "--output", scratch.PathOf("out"));

        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains("CKPT3212", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in-fp8", "CKPT3260", "W8A16", "--use_weight_only")]
    [InlineData("in-fbgemm", "CKPT3260", "W8A16", "--use_weight_only")]
    [InlineData("in-fbgemm", "CKPT3260", "FP8_PER_CHANNEL_PER_TOKEN", "--use_weight_only", "--compatibility", "reference")]
    [InlineData("in-awq4-g64", "", "W4A16_GPTQ", "--use_weight_only", "--weight_only_precision", "int4_awq", "--group_size", "64")]
    [InlineData("in-gptq4-g64-sym", "CKPT3262", "", "--target-sm", "0")]
    [InlineData("in-gptq4-g64-sym", "CKPT9095", "W4A16_GPTQ", "--use_weight_only", "--weight_only_precision", "int4_gptq", "--group_size", "64", "--per_group")]
    public async Task A_source_that_is_quantized_already_says_what_becomes_of_it(string model, string code, string algorithm, params string[] options)
    {
        GoldenTopic topic = GoldenRoot.Topic("trtllm/models/" + model);
        if (topic.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        CkptResult result = await Ckpt.RunAsync(["convert", "--model_dir", topic.Reach(), "--to", "tensorrt-llm", .. options, "--output_dir", scratch.PathOf("out")]);

        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        string config = scratch.PathOf("out/config.json");
        Assert.Equal(algorithm, File.Exists(config) ? JsonNode.Parse(await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken))!["quantization"]!["quant_algo"]!.GetValue<string>() : "");
    }

    [Fact]
    public async Task Bounds_of_activations_are_those_of_the_source()
    {
        GoldenTopic topic = GoldenRoot.Topic("trtllm/models/in-fbgemm");
        if (topic.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.PathOf("model"));
        foreach (string file in Directory.GetFiles(topic.Reach()))
        {
            File.Copy(file, Path.Combine(scratch.PathOf("model"), Path.GetFileName(file)));
        }

        string path = scratch.PathOf("model/config.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace("1200.0", "600.0", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await Ckpt.DoneAsync("convert", scratch.PathOf("model"), "--to", "tensorrt-llm", "--output", scratch.PathOf("out"));

        Assert.Contains("600.0", await File.ReadAllTextAsync(scratch.PathOf("out/config.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Readers.SafetensorsTensor[] bounds = [.. Readers.SafetensorsReader.Read(scratch.PathOf("out/rank0.safetensors")).Where(t => t.Name.EndsWith("clamp_val", StringComparison.Ordinal))];
        Assert.NotEmpty(bounds);
        Assert.All(bounds, b => Assert.Equal([-600.0, 600.0], b.Decode().Select(v => (double)v)));
    }

    [Fact]
    public async Task Packed_ranks_are_refused_by_their_algorithm()
    {
        GoldenTopic topic = GoldenRoot.Topic("trtllm/models/in-gptq4-g64-sym");
        if (topic.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", topic.Reach(), "--to", "tensorrt-llm", "--output", scratch.PathOf("ranks"));

        CkptResult result = await Ckpt.RunAsync("convert", scratch.PathOf("ranks"), "--to", "huggingface", "--output", scratch.PathOf("back"));

        Assert.Contains("CKPT2990", result.Error, StringComparison.Ordinal);
        Assert.Contains("W4A16_GPTQ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_group_a_column_is_refused_for_ranks_by_its_name_and_read_for_others()
    {
        GoldenTopic topic = GoldenRoot.Topic("trtllm/models/in-gptq4-g64-sym");
        if (topic.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        string model = WholeColumns(topic.Reach(), scratch);

        CkptResult ranks = await Ckpt.RunAsync("convert", model, "--to", "tensorrt-llm", "--output", scratch.PathOf("out"));
        CkptResult floats = await Ckpt.RunAsync("convert", model, "--to", "huggingface", "--dtype", "float16", "--output", scratch.PathOf("floats"));

        Assert.Contains("CKPT3263", ranks.Error, StringComparison.Ordinal);
        Assert.True(floats.ExitCode == 0, floats.ToString());
    }

    [Fact]
    public async Task Two_sources_are_one_too_many()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("convert", "--to", "tensorrt-llm", "--model_dir", "a", "--meta_ckpt_dir", "b", "--output_dir", scratch.PathOf("out"));

        Assert.Contains("CKPT9090", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_is_said_once()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("convert", "--to", "tensorrt-llm", "--use_qserve", "--output_dir", scratch.PathOf("out"));

        Assert.Contains("CKPT9096", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("refused: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPTForCausalLM, wide")]
    [InlineData("GemmaForCausalLM, default")]
    public async Task What_ranks_do_not_hold_is_said_when_they_are_read(string sample)
    {
        using var scratch = new Scratch();
        FamilySample model = FamilySample.Named(sample.Replace("wide", "default", StringComparison.Ordinal));
        string source = (sample.EndsWith("wide", StringComparison.Ordinal) ? model with { Config = model.Config with { FeedForwardSize = 4 * model.Config.HiddenSize } } : model).Write(scratch.PathOf("sample"));
        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--output", scratch.PathOf("ranks"));

        CkptResult result = await Ckpt.DoneAsync("convert", scratch.PathOf("ranks"), "--to", "huggingface", "--output", scratch.PathOf("back"));

        Assert.Contains("warning CKPT3261", result.Error, StringComparison.Ordinal);
    }

    // Of each matrix the first row of scales and zero points alone.
    private static string WholeColumns(string source, Scratch scratch)
    {
        using var file = new FileSource(Path.Combine(source, "model.safetensors"));
        Tensor[] tensors = [.. Format.Safetensors.Read(file).Tensors.Select(t => t.Name.EndsWith("scales", StringComparison.Ordinal) || t.Name.EndsWith("qzeros", StringComparison.Ordinal) ? Renamed.Of(SelectedRows.Of(t, new RowSlice(0, 1)), t.Name) : t)];
        string config = File.ReadAllText(Path.Combine(source, "config.json")).Replace("\"group_size\": 64", "\"group_size\": -1", StringComparison.Ordinal);
        FilePlan weights = Format.Safetensors.Plan("model.safetensors", new TensorFile(new TensorTable(tensors), new Metadata()));
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([weights, FilePlan.Of("config.json", config)], []), scratch.PathOf("columns"), TestContext.Current.CancellationToken);
        return scratch.PathOf("columns");
    }
}
