using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>TensorRT-LLM checkpoints: what is refused, before any byte is written, and what is said.</summary>
public sealed class TensorRtLlmTests
{
    [Theory]
    [InlineData("CKPT3201", "--tensor-parallel", "4097")]
    [InlineData("CKPT3202", "--tensor-parallel", "2", "--moe-tensor-parallel", "2", "--moe-expert-parallel", "2")]
    [InlineData("CKPT3204", "--tensor-parallel", "3")]
    [InlineData("CKPT3205", "--pipeline-parallel", "4")]
    [InlineData("CKPT3205", "--pipeline-parallel", "4", "--tensor-rt-llm-version", "1.0")]
    [InlineData("CKPT3207", "--quantization", "int8_wo", "--target-sm", "100")]
    [InlineData("CKPT3207", "--quantization", "W4A16", "--target-sm", "70")]
    [InlineData("CKPT3209", "--quantization", "int8_wo", "--tensor-parallel", "4", "--compatibility", "reference")]
    [InlineData("CKPT3213", "--kv-cache-quantization", "int8")]
    [InlineData("CKPT3213", "--quantization", "W8A8_SQ_PER_TENSOR_PLUGIN")]
    [InlineData("CKPT1001", "--smoothquant", "0.5", "--calibration", "nowhere")]
    [InlineData("CKPT3214", "--smoothquant", "0.5", "--cp_size", "2", "--calibration-statistics", "{statistics}")]
    [InlineData("CKPT3210", "--smoothquant", "0.5", "--calibration-statistics", "{weights}")]
    [InlineData("CKPT3211", "--smoothquant", "0.5", "--calibration-statistics", "{statistics}")]
    [InlineData("CKPT1001", "--smoothquant", "0.5", "--calibration-statistics", "nowhere")]
    [InlineData("CKPT3254", "--quantization", "int4_awq", "--calibration", "{text}", "--group-size", "48")]
    [InlineData("CKPT3255", "--quantization", "int4_awq", "--calibration-statistics", "{ranges}")]
    [InlineData("CKPT3259", "--quantization", "FP8_PER_CHANNEL_PER_TOKEN", "--kv-cache-quantization", "int8", "--calibration-statistics", "{statistics}")]
    [InlineData("CKPT3213", "--quantization", "w4a8_awq")]
    [InlineData("CKPT3213", "--quantization", "int8_sq")]
    [InlineData("CKPT3256", "--quantization", "w4a8_awq", "--group-size", "64", "--calibration", "{text}")]
    [InlineData("CKPT9002", "--quantization", "int8_sq", "--smooth-quant", "0.5", "--calibration", "{text}")]
    [InlineData("CKPT3253", "--tensor-parallel", "2", "--rank", "2")]
    [InlineData("CKPT3216", "--quantization", "int4_gptq")]
    [InlineData("CKPT3218", "--quantization", "FP8")]
    [InlineData("CKPT3219", "--quantization", "int8_wo", "--tensor-parallel", "2")]
    [InlineData("CKPT9001", "--quantization", "int7_wo")]
    [InlineData("CKPT9001", "--tensor-rt-llm-version", "0.9")]
    [InlineData("CKPT9090", "--smoothquant", "0")]
    [InlineData("CKPT9090", "--smoothquant", "0.5", "--load_by_shard")]
    [InlineData("CKPT9090", "--quant_ckpt_path", "nowhere")]
    public async Task What_cannot_be_is_refused_before_any_byte_is_written(string code, params string[] options)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        string[] typed = [.. options.Select(o => o switch { "{statistics}" => Statistics(scratch), "{ranges}" => Ranges(scratch), "{text}" => ":own", "{weights}" => Path.Combine(source, "model.safetensors"), _ => o })];

        CkptResult result = await Ckpt.RunAsync(["convert", source, "--to", "tensorrt-llm", "--output", scratch.PathOf("out"), .. typed]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("out")), result.ToString());
    }

    [Theory]
    [InlineData("CKPT2012", "MptForCausalLM, default")]
    [InlineData("CKPT3257", "OPTForCausalLM, default")]
    [InlineData("CKPT3257", "OPTForCausalLM, 350M")]
    [InlineData("CKPT3257", "BloomForCausalLM, default", "--pipeline-parallel", "2")]
    [InlineData("CKPT3257", "GPTNeoXForCausalLM, sequential")]
    [InlineData("CKPT3257", "PhiForCausalLM, normed heads")]
    [InlineData("CKPT3257", "Qwen2MoeForCausalLM, some dense layers")]
    [InlineData("CKPT3212", "MixtralForCausalLM, default", "--quantization", "w4a8_awq", "--calibration-statistics", "{any}")]
    [InlineData("CKPT3206", "Phi3ForCausalLM, default", "--tensor-parallel", "2", "--compatibility", "reference")]
    [InlineData("CKPT3208", "GPT2LMHeadModel, default", "--quantization", "int8_wo")]
    [InlineData("CKPT3212", "FalconForCausalLM, default", "--quantization", "W8A8_SQ_PER_TENSOR_PLUGIN")]
    [InlineData("CKPT3257", "Qwen3ForCausalLM, default")]
    public async Task What_a_family_cannot_be_is_refused(string code, string sample, params string[] options)
    {
        using var scratch = new Scratch();
        string source = FamilySample.Named(sample).Write(scratch.PathOf("sample"));

        CkptResult result = await Ckpt.RunAsync(["convert", source, "--to", "tensorrt-llm", "--output", scratch.PathOf("out"), .. options.Select(o => o == "{any}" ? Statistics(scratch) : o)]);

        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("out")), result.ToString());
    }

    [Fact]
    public void Rows_that_do_not_divide_are_refused()
    {
        var matrix = new Stored("odd", DType.F32, new Shape(5, 3), new ArraySource(new byte[60]), 0);

        Assert.Equal("CKPT3203", Assert.Throws<CheckpointException>(() => RankCut.RowShareOf(matrix, 2, 0)).Code);
        Assert.Equal("CKPT3203", Assert.Throws<CheckpointException>(() => RankCut.ColumnShareOf(matrix, 2, 0)).Code);
    }

    [Theory]
    [InlineData("CKPT3220", "--compatibility", "reference", "--pipeline-parallel", "4")]
    [InlineData("CKPT3221", "--compatibility", "reference")]
    [InlineData("CKPT3222")]
    [InlineData("CKPT9095", "--load_by_shard")]
    public async Task What_is_lost_kept_or_without_effect_is_said(string code, params string[] options)
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.DoneAsync(["convert", new TinyLlama { Biases = true }.Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--output", scratch.PathOf("out"), .. options]);

        Assert.Contains($"warning {code}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_that_the_checkpoint_does_not_record_is_said()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.DoneAsync("convert", FamilySample.Named("Phi3ForCausalLM, window").Write(scratch.PathOf("sample")), "--to", "tensorrt-llm", "--output", scratch.PathOf("out"));

        Assert.Contains("warning CKPT3227", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CKPT2990", "--quantization", "int8_wo")]
    [InlineData("CKPT2991", "--tensor-parallel", "2")]
    [InlineData("CKPT2992", "--pipeline-parallel", "2")]
    public async Task Ranks_that_cannot_be_read_back_are_refused(string code, params string[] options)
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync(["convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--output", scratch.PathOf("ranks"), .. options]);
        if (code == "CKPT2991")
        {
            File.Delete(scratch.PathOf("ranks/rank1.safetensors"));
        }
        else if (code == "CKPT2992")
        {
            JsonObject config = JsonNode.Parse(await File.ReadAllTextAsync(scratch.PathOf("ranks/config.json"), TestContext.Current.CancellationToken))!.AsObject();
            config["num_hidden_layers"] = 3;
            await File.WriteAllTextAsync(scratch.PathOf("ranks/config.json"), config.ToJsonString(), TestContext.Current.CancellationToken);
        }

        CkptResult result = await Ckpt.RunAsync("convert", scratch.PathOf("ranks"), "--to", "huggingface", "--output", scratch.PathOf("back"));

        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("back")), result.ToString());
    }

    [Fact]
    public async Task Ranks_are_dealt_out_anew()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        string[] two = ["--to", "tensorrt-llm", "--tensor-parallel", "2", "--dtype", "bfloat16", "--output"];
        await Ckpt.DoneAsync(["convert", source, .. two, scratch.PathOf("two")]);
        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--tensor-parallel", "4", "--pipeline-parallel", "2", "--dtype", "bfloat16", "--output", scratch.PathOf("eight"));

        CkptResult result = await Ckpt.DoneAsync(["convert", scratch.PathOf("eight"), .. two, scratch.PathOf("again")]);

        Assert.Contains("CKPT2995", result.Error, StringComparison.Ordinal);
        Assert.All(new[] { "config.json", "rank0.safetensors", "rank1.safetensors" }, file => Assert.Equal(File.ReadAllBytes(scratch.PathOf($"two/{file}")), File.ReadAllBytes(scratch.PathOf($"again/{file}"))));
    }

    [Theory]
    [InlineData("CKPT2996", "architectures")]
    [InlineData("CKPT2997", "extra")]
    [InlineData("CKPT2998", "rows")]
    public async Task A_source_that_does_not_fit_is_taken_only_where_the_reference_s_bytes_are_wanted(string code, string fault)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { Configure = json => Damage(json, fault), Prefix = "" }.Write(scratch.PathOf("tiny"));
        string[] line = ["convert", source, "--to", "tensorrt-llm", "--output", scratch.PathOf("out")];

        CkptResult safe = await Ckpt.RunAsync(line);
        CkptResult reference = await Ckpt.DoneAsync([.. line, "--compatibility", "reference"]);

        Assert.True(safe.IsRefusal, safe.ToString());
        Assert.Contains($"warning {code}", reference.Error, StringComparison.Ordinal);
    }

    // Of the tiny model, its largest magnitudes alone.
    private static string Ranges(Scratch scratch)
    {
        (string Name, int Inputs, int Outputs)[] modules = [("self_attn.q_proj", 64, 64), ("self_attn.k_proj", 64, 32), ("self_attn.v_proj", 64, 32), ("self_attn.o_proj", 64, 64), ("mlp.gate_proj", 64, 96), ("mlp.up_proj", 64, 96), ("mlp.down_proj", 96, 64)];
        return Write(scratch, [.. from layer in Enumerable.Range(0, 2) from module in modules from vector in new[] { (End: "x", Count: module.Inputs), (End: "y", Count: module.Outputs) } select new Computed($"model.layers.{layer}.{module.Name}.{vector.End}", [.. Enumerable.Repeat(1f, vector.Count)], "a test")]);
    }

    // Of a module that no model has.
    private static string Statistics(Scratch scratch) => Write(scratch, [new Computed("some.module.x", [1f, 2f], "a test"), new Computed("some.module.y", [3f], "a test")]);

    private static string Write(Scratch scratch, Tensor[] vectors)
    {
        FilePlan plan = Format.Safetensors.Plan("statistics.safetensors", new TensorFile(new TensorTable(vectors), new Metadata()));
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), scratch.Folder, TestContext.Current.CancellationToken);
        return scratch.PathOf("statistics.safetensors");
    }

    // A layer less makes the tensors of the last one unknown; more rows in the vocabulary make the embedding too small.
    private static void Damage(JsonObject json, string fault)
    {
        _ = fault switch
        {
            "architectures" => json["architectures"] = new JsonArray("NoSuchForCausalLM"),
            "extra" => json["num_hidden_layers"] = 1,
            _ => json["vocab_size"] = 300,
        };
    }
}
