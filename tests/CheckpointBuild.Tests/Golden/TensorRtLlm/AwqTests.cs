using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>Four-bit weights scaled by what activations there are: laid out as ModelOpt's export lays them out.</summary>
public sealed class AwqTests
{
    private static readonly GoldenTopic Exports = GoldenRoot.Topic("quantized/modelopt-trtllm");

    // Every export whose form is written, and what asks for it.
    public static TheoryData<string> Cases => Exports.Cases(topic => Directory.EnumerateDirectories(topic.Reach()).Select(f => Path.GetFileName(f)).Where(f => Named(f) is not null));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Tensors_have_the_names_types_and_shapes_of_the_export(string export)
    {
        GoldenTopic source = GoldenRoot.Topic("quantized/source/tiny-llama");
        if (Exports.SaysAbsent(export) || source.SaysAbsent(export) || !Exports.Has(export + "/expected.json"))
        {
            return;
        }

        using var scratch = new Scratch();
        string statistics = StatisticsOf(scratch, source.Reach());
        string ranks = export[(export.LastIndexOf("_tp", StringComparison.Ordinal) + 3)..];

        await Ckpt.DoneAsync(["convert", source.Reach(), "--to", "tensorrt-llm", "--dtype", "bfloat16", "--tensor-parallel", ranks.Split("pp")[0], "--pipeline-parallel", ranks.Split("pp")[1], "--embedding-sharding-dim", "0", .. Named(export)!, "--calibration-statistics", statistics, "--output", scratch.PathOf("out")]);

        JsonObject files = JsonNode.Parse(await File.ReadAllTextAsync(Exports.Reach(export + "/expected.json"), TestContext.Current.CancellationToken))!["files"]!.AsObject();
        foreach ((string file, JsonNode? expected) in files.Where(f => f.Key.StartsWith("rank", StringComparison.Ordinal)))
        {
            bool isFloat8 = export.StartsWith("fp8", StringComparison.Ordinal);
            string[] theirs = [.. expected!["tensors"]!.AsObject().Select(t => $"{t.Key} {t.Value!["dtype"]} [{string.Join(',', t.Value!["shape"]!.AsArray().Select(s => s!.ToString()))}]{(isFloat8 && IsOfWeights(t.Key) ? t.Value!["sha256"] : "")}").Order(StringComparer.Ordinal)];
            string[] ours = [.. SafetensorsReader.Read(scratch.PathOf("out/" + file)).Select(t => $"{t.Name} {t.DType} [{string.Join(',', t.Shape)}]{(isFloat8 && IsOfWeights(t.Name) ? Hash.Of(t.Data) : "")}").Order(StringComparer.Ordinal)];
            Assert.Equal(theirs, ours);
        }
    }

    [Theory]
    [InlineData("W4A8_AWQ", 0.25)]
    [InlineData("W8A8_SQ_PER_CHANNEL", 0.05)]
    [InlineData("FP8", 0.1)]
    [InlineData("W8A16", 0.02)]
    [InlineData("W4A16", 0.25)]
    [InlineData("W8A8_SQ_PER_TENSOR_PLUGIN", 0.05)]
    [InlineData("W8A8_SQ_PER_TENSOR_PER_TOKEN_PLUGIN", 0.05)]
    [InlineData("W8A8_SQ_PER_CHANNEL_PER_TENSOR_PLUGIN", 0.02)]
    [InlineData("W8A8_SQ_PER_CHANNEL_PER_TOKEN_PLUGIN", 0.02)]
    public async Task Quantized_ranks_are_read_back_as_floats_near_the_model(string algorithm, double most)
    {
        GoldenTopic model = GoldenRoot.Topic("quantized/source/tiny-llama");
        if (model.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        string source = model.Reach();

        await Ckpt.DoneAsync(["convert", source, "--to", "tensorrt-llm", "--dtype", "bfloat16", "--tensor-parallel", "1", "--pipeline-parallel", "2", "--quantization", algorithm, "--kv-cache-quantization", "fp8", .. algorithm.EndsWith("A16", StringComparison.Ordinal) ? Array.Empty<string>() : ["--calibration-statistics", StatisticsOf(scratch, source)], "--output", scratch.PathOf("out")]);
        await Ckpt.DoneAsync("convert", scratch.PathOf("out"), "--to", "huggingface", "--dtype", "float32", "--output", scratch.PathOf("back"));

        float[] right = Decoded(source), back = Decoded(scratch.PathOf("back"));
        double error = Math.Sqrt(right.Zip(back).Sum(p => Math.Pow(p.First - p.Second, 2)) / right.Sum(x => Math.Pow(x, 2)));
        Assert.InRange(error, 1e-6, most);
    }

    private static string[]? Named(string export) => export[..export.LastIndexOf("_tp", StringComparison.Ordinal)] switch
    {
        "int4_awq" => ["--quantization", "int4_awq"],
        "int4_awq_g64" => ["--quantization", "int4_awq", "--group-size", "64"],
        "w4a8_awq" => ["--quantization", "w4a8_awq"],
        "int8_sq" => ["--quantization", "int8_sq"],
        "fp8" => ["--quantization", "FP8"],
        "fp8_kv8" => ["--quantization", "FP8", "--kv-cache-quantization", "fp8"],
        _ => null,
    };

    // What follows from the weights alone, whatever ran through the model.
    private static bool IsOfWeights(string name) => name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".weights_scaling_factor", StringComparison.Ordinal);

    private static float[] Decoded(string folder) => SafetensorsReader.Read(Path.Combine(folder, "model.safetensors")).First(t => t.Name == "model.layers.1.mlp.down_proj.weight").Decode();

    // Any will do for the layout.
    private static string StatisticsOf(Scratch scratch, string source)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!.AsObject();
        int hidden = Number("hidden_size"), inner = Number("intermediate_size"), head = config["head_dim"]?.GetValue<int>() ?? hidden / Number("num_attention_heads");
        int queries = head * Number("num_attention_heads"), keys = head * Number("num_key_value_heads");
        (string, int, int)[] modules = [("self_attn.q_proj", hidden, queries), ("self_attn.k_proj", hidden, keys), ("self_attn.v_proj", hidden, keys), ("self_attn.o_proj", queries, hidden), ("mlp.gate_proj", hidden, inner), ("mlp.up_proj", hidden, inner), ("mlp.down_proj", inner, hidden)];
        var tensors = Enumerable.Range(0, Number("num_hidden_layers")).SelectMany(l => modules.SelectMany(m => new[] { Ones($"model.layers.{l}.{m.Item1}.x", m.Item2), Ones($"model.layers.{l}.{m.Item1}.x2", m.Item2), Ones($"model.layers.{l}.{m.Item1}.y", m.Item3) }));
        DamagedInputs.Write(scratch.PathOf("statistics.safetensors"), [.. tensors]);
        return scratch.PathOf("statistics.safetensors");

        int Number(string name) => config[name]!.GetValue<int>();
    }

    private static SafetensorsTensor Ones(string name, int count) => new(name, "F32", [count], [.. Enumerable.Repeat(1f, count).SelectMany(BitConverter.GetBytes)]);
}
