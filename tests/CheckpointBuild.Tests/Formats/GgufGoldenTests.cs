using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Files that the reference wrote, planned again.</summary>
public sealed class GgufGoldenTests
{
    private const string BigEndian = "tiny-big-endian.gguf";

    [Theory]
    [InlineData("gguf/converter")]
    [InlineData("gguf/imatrix")]
    [InlineData("gguf/lora")]
    [InlineData("gguf/quantize")]
    [InlineData("gguf/split")]
    [InlineData("reports/gguf")]
    [InlineData("smollm2")]
    public void Plan_of_reference_files_gives_their_headers_and_offsets(string name)
    {
        GoldenTopic topic = GoldenRoot.Topic(name);
        if (!topic.SaysAbsent())
        {
            Findings.None(topic.Files("*.gguf", SearchOption.AllDirectories).Where(file => file != BigEndian && !IsPlannedTheSame(topic.Reach(file))));
        }
    }

    [Fact]
    public void Read_of_a_big_endian_file_says_so()
    {
        GoldenTopic topic = GoldenRoot.Topic("gguf/split");
        if (!topic.SaysAbsent())
        {
            var source = new FileSource(topic.Reach(BigEndian));
            using (source)
            {
                Assert.Equal("CKPT1042", Assert.Throws<CheckpointException>(() => Format.Gguf.Read(source)).Code);
            }
        }
    }

    private static bool IsPlannedTheSame(string path)
    {
        using var source = new FileSource(path);
        TensorFile read = Format.Detect(source).Read(source);
        FilePlan plan = Format.Gguf.Plan(path, read);
        return plan.Length == source.Length
            && source.ReadBytes(0, plan.Head.Length).AsSpan().SequenceEqual(plan.Head.Span)
            && plan.Slots.Select(slot => slot.Offset).SequenceEqual(read.Tensors.Cast<Stored>().Select(tensor => tensor.Offset));
    }
}
