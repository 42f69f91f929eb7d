using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Files that the reference wrote, planned again.</summary>
public sealed class GgufGoldenTests
{
    private const string UnsupportedType = "CKPT1056";
    private static readonly string[] Topics = ["gguf/converter", "gguf/imatrix", "gguf/lora", "gguf/quantize", "gguf/split", "reports/gguf", "smollm2"];

    [Fact]
    public void Plan_of_reference_files_gives_their_headers_and_offsets()
    {
        var different = new List<string>();
        foreach (string file in Topics.SelectMany(topic => GoldenData.Files(topic, "*.gguf")).Where(file => !file.EndsWith("-big-endian.gguf", StringComparison.Ordinal)))
        {
            string verdict = Compare(file);
            TestContext.Current.TestOutputHelper?.WriteLine($"{verdict}: {file}");
            if (verdict == "differs")
            {
                different.Add(file);
            }
        }

        Assert.Empty(different);
    }

    [Theory]
    [InlineData("gguf/converter/doc-llama-f16.gguf")]
    [InlineData("gguf/converter/families/llama-untied-llama3rope-auto.gguf")]
    [InlineData("gguf/converter/families/qwen3-moe-auto.gguf")]
    [InlineData("gguf/converter/families/gemma3-text-auto.gguf")]
    [InlineData("reports/gguf/tensor-data-aligned-to-16/input/model.gguf")]
    public void Plan_of_a_converted_file_is_the_file(string path)
    {
        if (GoldenData.Find(path) is { } file)
        {
            Assert.Equal("same", Compare(file));
        }
    }

    [Fact]
    public void Read_of_a_big_endian_file_says_so()
    {
        if (GoldenData.Find("gguf/split/tiny-big-endian.gguf") is { } file)
        {
            using var source = new FileSource(file);
            Assert.Equal("CKPT1042", Assert.Throws<CheckpointException>(() => Format.Gguf.Read(source)).Code);
        }
    }

    private static string Compare(string file)
    {
        using var source = new FileSource(file);
        TensorFile read;
        try
        {
            read = Format.Detect(source).Read(source);
        }
        catch (CheckpointException e) when (e.Code == UnsupportedType)
        {
            return $"type not supported yet ({e.Message})";
        }

        FilePlan plan = Format.Gguf.Plan(file, read);
        bool sameHead = source.ReadBytes(0, plan.Head.Length).AsSpan().SequenceEqual(plan.Head.Span);
        bool sameOffsets = plan.Slots.Select(slot => slot.Offset).SequenceEqual(read.Tensors.Cast<Stored>().Select(tensor => tensor.Offset));
        return sameHead && sameOffsets && plan.Length == source.Length ? "same" : "differs";
    }
}
