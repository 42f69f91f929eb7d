using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Files that the reference wrote, planned again.</summary>
public sealed class SafetensorsGoldenTests
{
    [Theory]
    [InlineData("doc-llama")]
    [InlineData("families")]
    [InlineData("adapters")]
    [InlineData("trtllm")]
    [InlineData("torchtune")]
    [InlineData("meta")]
    [InlineData("onnx")]
    public void Plan_of_reference_files_gives_their_headers(string topic)
    {
        IReadOnlyList<string> files = GoldenData.Files(topic, "*.safetensors");
        string[] different = [.. files.Where(file => !HeaderIsTheSame(file))];
        TestContext.Current.TestOutputHelper?.WriteLine($"{topic}: {files.Count} files under {GoldenData.Root}.");
        Assert.Empty(different);
    }

    // Quantizers stream their files in an order of their own; reports hold files that are broken on purpose.
    [Fact]
    public void Read_of_golden_files_gives_tensors_that_fill_them()
    {
        foreach (string file in GoldenData.Files("quantized", "*.safetensors"))
        {
            using var source = new FileSource(file);
            TensorFile read = Format.Detect(source).Read(source);
            long bytes = read.Tensors.Sum(tensor => tensor.ByteCount);
            Assert.InRange(source.Length - bytes, 8, 8 + Safetensors.HeaderLimit);
        }
    }

    [Fact]
    public void Detect_of_a_zip_named_safetensors_goes_by_the_bytes()
    {
        if (GoldenData.Find("reports/containers/zip-named-safetensors/input/model.safetensors") is { } file)
        {
            using var source = new FileSource(file);
            Assert.False(Format.Safetensors.Recognizes(source.ReadBytes(0, 64), source.Length));
        }
    }

    [Fact]
    public void Detect_of_a_pointer_among_shards_says_so()
    {
        if (GoldenData.Find("reports/containers/st-lfs-pointer-among-shards/input/model-00002-of-00002.safetensors") is { } file)
        {
            using var source = new FileSource(file);
            CheckpointException error = Assert.Throws<CheckpointException>(() => Format.Detect(source));
            Assert.Equal(("CKPT1006", true), (error.Code, error.Message.Contains("model-00002-of-00002.safetensors: this is a Git LFS pointer", StringComparison.Ordinal)));
        }
    }

    private static bool HeaderIsTheSame(string file)
    {
        using var source = new FileSource(file);
        FilePlan plan = Format.Safetensors.Plan(file, Format.Detect(source).Read(source));
        return plan.Length == source.Length && source.ReadBytes(0, plan.Head.Length).AsSpan().SequenceEqual(plan.Head.Span);
    }
}
