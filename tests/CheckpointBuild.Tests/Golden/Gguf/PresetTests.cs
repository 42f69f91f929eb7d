using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>Which type <c>llama-quantize</c> gives each tensor, for models of many shapes of which only the shapes exist.</summary>
public sealed class PresetTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/quantize");

    public static TheoryData<string> Cases => Topic.Cases(topic => topic.Files("presets-*.json"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Quantizer_gives_each_tensor_the_reference_s_type(string name)
    {
        if (Topic.SaysAbsent(name) || Topic.Files("presets-*.json").FirstOrDefault() is null)
        {
            return;
        }

        JsonElement listing = Topic.ReadJson(name);
        string[] order = listing.GetProperty("tensor_order").Deserialize<string[]>()!;
        Findings.None(listing.GetProperty("presets").EnumerateArray().Where(p => p.TryGetProperty("tensor_types", out _)).SelectMany(preset =>
        {
            string type = preset.GetProperty("type").GetString()!, with = preset.GetProperty("with").GetString()!;
            string[] expected = preset.GetProperty("tensor_types").GetString()!.Split(' ');
            return new[] { false, true }.Where(m => with == "both the same" || (with == "imatrix") == m).SelectMany(hasMatrix =>
            {
                TensorFile file = Quantize(listing.GetProperty("parameters"), order, type, hasMatrix);
                return order.Zip(expected, file.Tensors).Where(t => t.Third.Name != t.First || t.Third.DType.Name != t.Second)
                    .Select(t => $"{type} {(hasMatrix ? "with" : "without")} matrix: {t.Third.Name} is {t.Third.DType.Name}, {t.First} {t.Second} is right").Take(3);
            });
        }));
    }

    private static TensorFile Quantize(JsonElement parameters, string[] order, string type, bool hasMatrix)
    {
        string architecture = parameters.GetProperty("arch").GetString()!;
        uint heads = Number("nh", 8);
        var metadata = new Metadata()
            .Add("general.architecture", architecture)
            .Add($"{architecture}.block_count", Number("layers", 0))
            .Add($"{architecture}.attention.head_count", heads)
            .Add($"{architecture}.attention.head_count_kv", Number("nkv", heads))
            .Add($"{architecture}.expert_count", Number("experts", 0));
        Tensor[] tensors = [.. order.Select(n => new ZeroTensor(n, IsWide(n) ? DType.F32 : DType.F16, ShapeOf(n)))];

        // A dry run asks for no matrix where a real one does.
        GgufFileType kind = GgufFileType.Find(type)!;
        Dictionary<string, float[]> all = tensors.ToDictionary(t => t.Name, t => new float[(t.Shape.Rank > 2 ? t.Shape.Dimensions[0] : 1) * t.Shape.Columns]);
        ImportanceMatrix? matrix = hasMatrix ? new ImportanceMatrix("x.imatrix", all) : null;
        var quantizer = new GgufQuantizer(kind, new GgufMixOptions { Importance = matrix }, OverflowRule.Refuse, followsReference: false) { IsDryRun = true };
        return quantizer.Quantize("shapes", new TensorFile(new TensorTable(tensors), metadata));

        uint Number(string name, uint otherwise) => parameters.TryGetProperty(name, out JsonElement number) ? number.GetUInt32() : otherwise;

        Shape ShapeOf(string name)
        {
            long columns = name.Contains("ffn_down", StringComparison.Ordinal) ? Number("ff", 256)
                : name.Contains("attn_k_b", StringComparison.Ordinal) ? 96 : Number("d", 256);
            return IsWide(name) && !name.Contains("ffn_gate_inp", StringComparison.Ordinal) ? new Shape(columns)
                : name.Contains("_exps", StringComparison.Ordinal) || name.EndsWith("k_b.weight", StringComparison.Ordinal) || name.EndsWith("v_b.weight", StringComparison.Ordinal) ? new Shape(2, 64, columns)
                : new Shape(64, columns);
        }
    }

    private static bool IsWide(string name) => name.EndsWith(".bias", StringComparison.Ordinal) || name.EndsWith("norm.weight", StringComparison.Ordinal) || name.Contains("norm_2", StringComparison.Ordinal)
        || name.Contains("ffn_gate_inp", StringComparison.Ordinal) || name.Contains("position_embd", StringComparison.Ordinal) || name.StartsWith("rope_", StringComparison.Ordinal);
}
