using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>Calibration by our own runtime: its ranges against those that the reference's own calibration found for the same token ids, and what a build makes of a text.</summary>
public sealed class CalibrationTests
{
    // The reference ran most models in float16, which has eleven bits, over tens of additions; ours runs in float32.
    private const double HalfTolerance = 2e-2;
    private const double FloatTolerance = 1e-4;

    // Relative to the largest of a vector: small channels are sums of large terms.
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("trtllm");

    public static TheoryData<string> Ranges => Topic.Cases(topic => Directory.EnumerateFiles(topic.Reach("act_range"), "*.safetensors").Select(f => Path.GetFileName(f)!));

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Ranges_of_the_runtime_are_the_reference_s(string file)
    {
        string model = file.Split('.')[0];
        string source = model.StartsWith("doc-llama", StringComparison.Ordinal) ? "doc-llama" : model;
        GoldenTopic input = source == "doc-llama" ? GoldenRoot.Topic("doc-llama") : Topic.Topic($"models/{source}");
        if (Topic.SaysAbsent(file) || input.SaysAbsent(file) || !Topic.Has("calib.json"))
        {
            return;
        }

        CalibrationStatistics theirs = StatisticsFile.Read(Topic.Reach($"act_range/{file}"));
        using CheckpointDirectory directory = CheckpointDirectory.Open(input.Reach());
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);

        IReadOnlyDictionary<TensorRole, ModuleStatistics> ours = new ImportanceCalibrator(DecoderOptions.Default).LargestMagnitudes(checkpoint, Sequences(source), null, CancellationToken.None);

        double tolerance = file.Contains("f32", StringComparison.Ordinal) ? FloatTolerance : HalfTolerance;
        IEnumerable<StoredTensor> matrices = checkpoint.Family.Naming.TensorsOf(checkpoint.Config).Where(t => t.Roles.All(ours.ContainsKey));
        Assert.NotEmpty(matrices);
        Findings.None(matrices.SelectMany(tensor =>
        {
            string module = tensor.Name[..tensor.Name.LastIndexOf('.')];
            float[] outputs = [.. tensor.Roles.SelectMany(r => ours[r].Outputs)];
            ModuleStatistics range = theirs.Of(module, ours[tensor.Roles[0]].Inputs.Length, outputs.Length);
            return Faults(module + ".x", [.. ours[tensor.Roles[0]].Inputs], [.. range.Inputs], tolerance).Concat(Faults(module + ".y", outputs, [.. range.Outputs], tolerance));
        }));
    }

    [Fact]
    public async Task A_text_is_measured_once_and_its_statistics_can_be_given_instead()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { Tied = false }.Write(scratch.PathOf("tiny"));
        string text = await TextAsync(scratch, 900);
        string[] line = ["convert", source, "--to", "tensorrt-llm", "--quantization", "W8A8_SQ_PER_CHANNEL_PER_TOKEN_PLUGIN", "--kv-cache-quantization", "int8"];

        await Ckpt.DoneAsync([.. line, "--calibration", text, "--keep-stages", "true", "--output", scratch.PathOf("first")]);
        await Ckpt.DoneAsync([.. line, "--calibration-statistics", scratch.PathOf("first/calibration-statistics.safetensors"), "--output", scratch.PathOf("second")]);

        Assert.Equal(await BytesAsync(scratch, "first"), await BytesAsync(scratch, "second"));
    }

    [Theory]
    [InlineData("CKPT3077", 8, "--quantization", "W8A8_SQ_PER_TENSOR_PLUGIN")]
    [InlineData("CKPT3248", 900, "--quantization", "int8_wo")]
    [InlineData("CKPT3247", 900, "--quantization", "W8A8_SQ_PER_TENSOR_PLUGIN", "--calibration-statistics", "nowhere")]
    public async Task A_text_that_says_nothing_or_that_nobody_needs_is_refused(string code, int length, params string[] options)
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync(["convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--calibration", await TextAsync(scratch, length), "--output", scratch.PathOf("out"), .. options]);

        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("out")));
    }

    [Fact]
    public async Task The_scripts_flags_without_a_text_use_the_one_that_is_built_in_and_say_so()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.DoneAsync("convert", "--to", "tensorrt-llm", "--model_dir", new TinyLlama { Tied = false }.Write(scratch.PathOf("tiny")), "--int8_kv_cache", "--output_dir", scratch.PathOf("out"));

        Assert.Contains("warning CKPT3249", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int8_wo", "q_proj", "--target-sm", "80")]
    [InlineData("int8_wo", "q_proj")]
    [InlineData("int4_wo", "q_proj", "--target-sm", "80", "--compatibility", "reference")]
    [InlineData("int4_awq", "k_proj", "--group-size", "64")]
    [InlineData("int8_sq", "k_proj")]
    [InlineData("fp8", "k_proj")]
    public async Task An_int8_cache_adds_its_scale_to_weights_of_any_kind(string quantization, string firstOfCache, params string[] options)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { Tied = false, FeedForward = 128 }.Write(scratch.PathOf("tiny"));
        string text = await TextAsync(scratch, 900);
        await Ckpt.DoneAsync("convert", source, "--to", "tensorrt-llm", "--kv-cache-quantization", "int8", "--calibration", text, "--keep-stages", "true", "--output", scratch.PathOf("measured"));
        string measured = scratch.PathOf("measured/calibration-statistics.safetensors");
        string[] line = ["convert", source, "--to", "tensorrt-llm", "--quantization", quantization, .. options];
        string[] given = ["--calibration", text];

        await Ckpt.DoneAsync([.. line, "--kv-cache-quantization", "int8", .. given, "--output", scratch.PathOf("cached")]);
        await Ckpt.DoneAsync([.. line, .. quantization.EndsWith("_wo", StringComparison.Ordinal) ? [] : given, "--output", scratch.PathOf("plain")]);

        using CheckpointDirectory cached = CheckpointDirectory.Open(scratch.PathOf("cached")), plain = CheckpointDirectory.Open(scratch.PathOf("plain"));
        Dictionary<string, Tensor> found = Tensors(cached), expected = Tensors(plain);
        Findings.None(expected.Values
            .Where(t => !t.Name.Contains("embed_positions", StringComparison.Ordinal) && t.Name != "rotary_inv_freq")
            .Where(t => !TensorValues.Bytes(t).AsSpan().SequenceEqual(TensorValues.Bytes(found[t.Name]))).Select(t => t.Name));
        CalibrationStatistics ranges = StatisticsFile.Read(measured);
        string[] cache = firstOfCache == "q_proj" ? ["q_proj", "k_proj", "v_proj"] : ["k_proj", "v_proj"];
        float largest = cache.SelectMany(m => ranges.Of($"model.layers.1.self_attn.{m}", 64, m == "q_proj" ? 64 : 32).Outputs).Max();
        Assert.Equal([largest / 127], MemoryMarshal.Cast<byte, float>(TensorValues.Bytes(found["transformer.layers.1.attention.kv_cache_scaling_factor"])).ToArray());
    }

    private static Dictionary<string, Tensor> Tensors(CheckpointDirectory ranks)
    {
        ByteSource source = ranks.OpenFile("rank0.safetensors");
        return Format.Detect(source).Read(source).Tensors.ToDictionary(t => t.Name);
    }

    private static IReadOnlyList<ReadOnlyMemory<int>> Sequences(string model)
    {
        JsonElement calibration = Topic.ReadJson("calib.json");
        JsonElement ids = model == "doc-llama" ? calibration.GetProperty("doc-llama").GetProperty("ids_of_llama_lines")
            : calibration.GetProperty("byte_tokenizer").GetProperty(model is "gpt2" ? "ids_of_plain_texts" : "ids_of_llama_lines");
        return [.. ids.EnumerateArray().Select(line => new ReadOnlyMemory<int>([.. line.EnumerateArray().Select(i => i.GetInt32())]))];
    }

    private static IEnumerable<string> Faults(string name, float[] ours, float[] theirs, double tolerance)
    {
        double worst = ours.Zip(theirs).Max(p => Math.Abs((double)p.First - p.Second)) / theirs.Max();
        return worst <= tolerance ? [] : [$"{name}: {worst:G3} off"];
    }

    private static async Task<string> TextAsync(Scratch scratch, int length)
    {
        string path = scratch.PathOf("text.txt");
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("The harbour was quiet. int Add(int a, int b) => a + b; ", 100))[..length], TestContext.Current.CancellationToken);
        return path;
    }

    private static Task<byte[]> BytesAsync(Scratch scratch, string folder) => File.ReadAllBytesAsync(scratch.PathOf($"{folder}/rank0.safetensors"), TestContext.Current.CancellationToken);
}
