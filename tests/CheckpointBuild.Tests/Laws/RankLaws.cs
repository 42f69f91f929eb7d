using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Ranks of every family that has a form there, over ranks and stages, read back: the model that they were made from, its numbers bit for bit.</summary>
public sealed class RankLaws
{
    private static readonly string[][] Grids =
    [
        ["--tensor-parallel", "1"],
        ["--tensor-parallel", "2"],
        ["--tensor-parallel", "4", "--embedding-sharding-dim", "0"],
        ["--tensor-parallel", "2", "--embedding-sharding-dim", "1"],
        ["--pipeline-parallel", "4"],
        ["--pipeline-parallel", "3", "--tensor-rt-llm-version", "1.0"],
        ["--tensor-parallel", "4", "--pipeline-parallel", "2", "--tensor-rt-llm-version", "1.0"],
    ];

    // The runtime's models of these are four times as wide inside as outside, whatever the configuration says.
    private static readonly string[] Wide = ["OPTForCausalLM", "GPTNeoXForCausalLM"];

    public static TheoryData<string> Samples => [.. FamilySample.All.Where(s => Converter.All.Any(c => c.Architectures.Contains(s.Family.Architecture))).Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Ranks_read_back_are_the_model(string name)
    {
        using var scratch = new Scratch();
        FamilySample sample = FamilySample.Named(name);
        ModelConfig config = Wide.Contains(sample.Family.Architecture) ? sample.Config with { FeedForwardSize = 4 * sample.Config.HiddenSize } : sample.Config;
        string source = (sample with { Config = config }).Write(scratch.PathOf("sample"));
        await Ckpt.DoneAsync("convert", source, "--to", "huggingface", "--dtype", "float32", "--output", scratch.PathOf("right"));
        Dictionary<string, SafetensorsTensor> right = Read(scratch.PathOf("right"));

        var findings = new List<string>();
        foreach (string[] grid in Grids.Concat(config.Experts is null ? [] : [["--tensor-parallel", "2", "--moe-expert-parallel", "2"], ["--tensor-parallel", "4", "--moe-expert-parallel", "2"]]))
        {
            string place = scratch.PathOf(string.Join('_', grid));
            CkptResult converted = await ConvertAsync(source, [.. grid, "--output", place]);
            if (converted.IsRefusal && (converted.Error.Contains("CKPT3257", StringComparison.Ordinal) || converted.Error.Contains("CKPT3203", StringComparison.Ordinal)))
            {
                // Said with a code before anything is written.
                findings.AddRange(Directory.Exists(place) ? [$"{place}: was refused and is there"] : []);
                continue;
            }

            Assert.True(converted.ExitCode == 0, converted.ToString());
            await Ckpt.DoneAsync("convert", place, "--to", "huggingface", "--output", place + "-back");
            Dictionary<string, SafetensorsTensor> back = Read(place + "-back");
            findings.AddRange(right.Keys.Union(back.Keys)
                .Where(t => !(right.TryGetValue(t, out SafetensorsTensor? one) && back.TryGetValue(t, out SafetensorsTensor? other) && IsSame(one, other, t)))
                .Select(t => $"{string.Join(' ', grid)}: {t}"));
        }

        Findings.None(findings);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_model_read_back_computes_the_same(string name)
    {
        using var scratch = new Scratch();
        FamilySample sample = FamilySample.Named(name);
        ModelConfig config = Wide.Contains(sample.Family.Architecture) ? sample.Config with { FeedForwardSize = 4 * sample.Config.HiddenSize } : sample.Config;
        string source = (sample with { Config = config }).Write(scratch.PathOf("sample"));
        CkptResult converted = await ConvertAsync(source, "--output", scratch.PathOf("ranks"));
        if (converted.IsRefusal && converted.Error.Contains("CKPT3257", StringComparison.Ordinal))
        {
            return;
        }

        await Ckpt.DoneAsync("logits", source, "--ids", "1,7,3,22", "--output", scratch.PathOf("right.f32"));
        await Ckpt.DoneAsync("logits", scratch.PathOf("ranks"), "--ids", "1,7,3,22", "--output", scratch.PathOf("back.f32"));

        Assert.Equal(await File.ReadAllBytesAsync(scratch.PathOf("right.f32"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(scratch.PathOf("back.f32"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void ModelOpt_s_forms_are_described_alike_in_every_class(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        var options = new TensorRtLlmOptions { Version = TensorRtLlmVersion.Named("1.0"), Quantization = new QuantizationRequest { Algorithm = QuantAlgo.W4A16Awq, GroupSize = 64, KvCache = KvCacheAlgo.Fp8 } };

        JsonNode quantization = Converter.Of(sample.Family).Config(new ConverterFields(sample.Checkpoint(), options, DType.F16))["quantization"]!;

        Assert.Equal(("W4A16_AWQ", "FP8", 64, true, """["lm_head"]"""), (quantization["quant_algo"]!.GetValue<string>(), quantization["kv_cache_quant_algo"]!.GetValue<string>(), quantization["group_size"]!.GetValue<int>(), quantization["pre_quant_scale"]!.GetValue<bool>(), quantization["exclude_modules"]!.ToJsonString()));
    }

    // In the release that knows the model, where the usual one does not.
    private static async Task<CkptResult> ConvertAsync(string source, params string[] options)
    {
        string[] line = ["convert", source, "--to", "tensorrt-llm", "--dtype", "float32", .. options];
        CkptResult converted = await Ckpt.RunAsync(line);
        return converted.IsRefusal && converted.Error.Contains("choose TensorRtLlmVersion 1.0", StringComparison.Ordinal) ? await Ckpt.RunAsync([.. line, "--tensor-rt-llm-version", "1.0"]) : converted;
    }

    // The rows of positions that padding alone would have are not kept.
    private static bool IsSame(SafetensorsTensor one, SafetensorsTensor other, string name) => one.Shape.SequenceEqual(other.Shape)
        && (name.EndsWith("decoder.embed_positions.weight", StringComparison.Ordinal) ? one.Data.AsSpan(2 * (int)one.Shape[1] * sizeof(float)).SequenceEqual(other.Data.AsSpan(2 * (int)one.Shape[1] * sizeof(float))) : one.Data.AsSpan().SequenceEqual(other.Data));

    private static Dictionary<string, SafetensorsTensor> Read(string folder) =>
        Directory.EnumerateFiles(folder, "*.safetensors").SelectMany(SafetensorsReader.Read).ToDictionary(t => t.Name);
}
