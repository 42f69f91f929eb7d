using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Files that the reference wrote, planned again.</summary>
public sealed class SafetensorsGoldenTests
{
    private const string All = "*.safetensors";

    [Theory]
    [InlineData("doc-llama")]
    [InlineData("families")]
    [InlineData("adapters")]
    [InlineData("trtllm")]
    [InlineData("torchtune")]
    [InlineData("meta")]
    [InlineData("onnx")]
    public void Plan_of_reference_files_gives_their_headers(string name)
    {
        GoldenTopic topic = GoldenRoot.Topic(name);
        if (!topic.SaysAbsent())
        {
            string[] files = [.. topic.Files(All, SearchOption.AllDirectories)];
            TestContext.Current.TestOutputHelper?.WriteLine($"{files.Length} files");
            Findings.None(files.Where(file => !HeaderIsTheSame(topic.Reach(file))));
        }
    }

    // Quantizers stream their files in an order of their own, so only reading is asked of them.
    [Fact]
    public void Read_of_quantizers_files_gives_tensors_that_fill_them()
    {
        GoldenTopic topic = GoldenRoot.Topic("quantized");
        if (!topic.SaysAbsent())
        {
            Findings.None(topic.Files(All, SearchOption.AllDirectories).Where(file => !IsFilled(topic.Reach(file))));
        }
    }

    [Fact]
    public void Recognizes_does_not_take_a_zip_for_safetensors_by_its_name()
    {
        GoldenTopic topic = GoldenRoot.Topic("reports/containers/zip-named-safetensors");
        if (!topic.SaysAbsent())
        {
            byte[] zip = topic.ReadBytes("input/model.safetensors");
            Assert.False(Format.Safetensors.Recognizes(zip.AsSpan(0, 64), zip.Length));
        }
    }

    [Fact]
    public void Detect_of_a_pointer_among_shards_says_so()
    {
        GoldenTopic topic = GoldenRoot.Topic("reports/containers/st-lfs-pointer-among-shards");
        if (!topic.SaysAbsent())
        {
            using var source = new FileSource(topic.Reach("input/model-00002-of-00002.safetensors"));
            CheckpointException error = Assert.Throws<CheckpointException>(() => Format.Detect(source));
            Assert.Equal("CKPT1006", error.Code);
            Assert.Contains("model-00002-of-00002.safetensors: this is a Git LFS pointer", error.Message, StringComparison.Ordinal);
        }
    }

    private static bool HeaderIsTheSame(string path)
    {
        using var source = new FileSource(path);
        FilePlan plan = Format.Safetensors.Plan(path, Format.Detect(source).Read(source));
        return plan.Length == source.Length && source.ReadBytes(0, plan.Head.Length).AsSpan().SequenceEqual(plan.Head.Span);
    }

    private static bool IsFilled(string path)
    {
        using var source = new FileSource(path);
        TensorFile read = Format.Detect(source).Read(source);
        byte[] header = source.ReadBytes(0, Safetensors.Prefix);
        return BitConverter.ToInt64(header) + Safetensors.Prefix + read.Tensors.Sum(tensor => tensor.ByteCount) == source.Length;
    }
}
