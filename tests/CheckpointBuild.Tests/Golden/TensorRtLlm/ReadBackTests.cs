using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>Ranks, converted back to Hugging Face's form, are the checkpoint that they were made from.</summary>
public sealed class ReadBackTests
{
    // Gemma's norms are stored one larger, rounded: what was below their last digit is gone.
    private const double NormTolerance = 0.01;

    private static readonly string[] Quantizing = ["--use_weight_only", "--use-weight-only-with-precision", "--smoothquant", "--use_fp8", "--enable_fp8", "--use_fp8_rowwise", "--int8_kv_cache", "--meta_ckpt_dir"];

    private static readonly string[] QuantizedInputs = ["in-gptq", "in-awq", "in-fp8", "in-fbgemm"];

    public static TheoryData<string> Cases => TensorRtLlmCase.Topic.Cases(_ => TensorRtLlmCase.Names.Where(IsPlain));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Ranks_give_the_original_tensors_back(string name)
    {
        if (TensorRtLlmCase.Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        TensorRtLlmCase one = TensorRtLlmCase.Find(name);
        string[] line = one.CommandLine(scratch, "safe");
        if ((await Ckpt.RunAsync(line)).IsRefusal)
        {
            return;
        }

        string source = line[Array.FindIndex(line, a => a is "--model_dir" or "--model-dir") + 1];
        string dtype = JsonDocument.Parse(await File.ReadAllTextAsync(scratch.PathOf("out/config.json"), TestContext.Current.CancellationToken)).RootElement.GetProperty("dtype").GetString()!;
        await Ckpt.DoneAsync("convert", scratch.PathOf("out"), "--to", "huggingface", "--output", scratch.PathOf("back"));
        await Ckpt.DoneAsync("convert", source, "--to", "huggingface", "--dtype", dtype, "--output", scratch.PathOf("right"));

        Dictionary<string, SafetensorsTensor> right = Read(scratch.PathOf("right"));
        Dictionary<string, SafetensorsTensor> back = Read(scratch.PathOf("back"));
        Findings.None(right.Keys.Except(back.Keys).Select(t => $"{t} is missing")
            .Concat(back.Keys.Except(right.Keys).Select(t => $"{t} is new"))
            .Concat(right.Where(t => back.TryGetValue(t.Key, out SafetensorsTensor? ours) && !IsSame(ours, t.Value, name)).Select(t => $"{t.Key} differs")));
    }

    private static bool IsPlain(string name)
    {
        TensorRtLlmCase one = TensorRtLlmCase.Find(name);
        string input = one.Json.TryGetProperty("input", out JsonElement value) ? value.GetString() ?? "" : "";
        return !one.IsRefused && !one.Arguments.Intersect(Quantizing).Any() && input.Length > 0 && !QuantizedInputs.Any(input.Contains);
    }

    private static bool IsSame(SafetensorsTensor ours, SafetensorsTensor right, string name) =>
        ours.DType == right.DType && ours.Shape.SequenceEqual(right.Shape)
        && (ours.Data.AsSpan().SequenceEqual(right.Data)
            || (name.StartsWith("gemma", StringComparison.Ordinal) && ours.Shape.Length == 1 && ours.Decode().Zip(right.Decode()).All(p => Math.Abs(p.First - p.Second) <= NormTolerance)));

    private static Dictionary<string, SafetensorsTensor> Read(string folder) =>
        Directory.EnumerateFiles(folder, "*.safetensors").SelectMany(SafetensorsReader.Read).ToDictionary(t => t.Name);
}
