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

    [Theory]
    [InlineData("int4_awq_tp1pp1", "1", "128")]
    [InlineData("int4_awq_g64_tp2pp1", "2", "64")]
    public async Task Tensors_have_the_names_types_and_shapes_of_the_export(string export, string ranks, string group)
    {
        GoldenTopic source = GoldenRoot.Topic("quantized/source/tiny-llama");
        if (Exports.SaysAbsent(export) || source.SaysAbsent(export) || !Exports.Has(export + "/expected.json"))
        {
            return;
        }

        using var scratch = new Scratch();
        string statistics = StatisticsOf(scratch, source.Reach());

        await Ckpt.DoneAsync("convert", source.Reach(), "--to", "tensorrt-llm", "--dtype", "bfloat16", "--quantization", "int4_awq", "--group-size", group, "--tensor-parallel", ranks, "--embedding-sharding-dim", "0", "--calibration-statistics", statistics, "--output", scratch.PathOf("out"));

        JsonObject files = JsonNode.Parse(await File.ReadAllTextAsync(Exports.Reach(export + "/expected.json"), TestContext.Current.CancellationToken))!["files"]!.AsObject();
        foreach ((string file, JsonNode? expected) in files.Where(f => f.Key.StartsWith("rank", StringComparison.Ordinal)))
        {
            string[] theirs = [.. expected!["tensors"]!.AsObject().Select(t => $"{t.Key} {t.Value!["dtype"]} [{string.Join(',', t.Value!["shape"]!.AsArray().Select(s => s!.ToString()))}]").Order(StringComparer.Ordinal)];
            string[] ours = [.. SafetensorsReader.Read(scratch.PathOf("out/" + file)).Select(t => $"{t.Name} {t.DType} [{string.Join(',', t.Shape)}]").Order(StringComparer.Ordinal)];
            Assert.Equal(theirs, ours);
        }
    }

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
