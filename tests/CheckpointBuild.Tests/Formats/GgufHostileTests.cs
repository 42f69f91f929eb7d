using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Golden;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Malformed and border-case files, each with what a careful reader does.</summary>
public sealed class GgufHostileTests
{
    /// <summary>A header buffer of 64 KiB, exceptions with their traces, objects of a few times the file.</summary>
    private const long AllocationBase = 256 << 10;
    private const long AllocationPerByte = 16;

    /// <summary>What each damaged file must be called; a file that is not here must still be refused, by any code.</summary>
    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["bad-magic.gguf"] = "CKPT1040",
        ["empty-file.gguf"] = "CKPT1040",
        ["three-bytes.gguf"] = "CKPT1040",
        ["header-cut.gguf"] = "CKPT1003",
        ["version-1.gguf"] = "CKPT1041",
        ["version-4.gguf"] = "CKPT1041",
        ["version-big-endian.gguf"] = "CKPT1042",
        ["tensors-2e63.gguf"] = "CKPT1013",
        ["tensors-1e9.gguf"] = "CKPT1013",
        ["pairs-2e40.gguf"] = "CKPT1043",
        ["pairs-one-more.gguf"] = "CKPT1003",
        ["key-length-2e64.gguf"] = "CKPT1044",
        ["key-empty.gguf"] = "CKPT1046",
        ["key-not-utf8.gguf"] = "CKPT1045",
        ["key-with-nul.gguf"] = "CKPT1046",
        ["key-duplicate.gguf"] = "CKPT1047",
        ["value-type-13.gguf"] = "CKPT1048",
        ["bool-value-2.gguf"] = "CKPT1049",
        ["string-2e63.gguf"] = "CKPT1044",
        ["array-2e61-u64-wrap.gguf"] = "CKPT1043",
        ["array-strings-1e8.gguf"] = "CKPT1043",
        ["array-of-array.gguf"] = "CKPT1048",
        ["array-nested-5000.gguf"] = "CKPT1048",
        ["array-bad-element.gguf"] = "CKPT1048",
        ["alignment-0.gguf"] = "CKPT1050",
        ["alignment-24.gguf"] = "CKPT1050",
        ["alignment-u64.gguf"] = "CKPT1050",
        ["alignment-2147483648.gguf"] = "CKPT1012",
        ["name-64.gguf"] = "CKPT1051",
        ["name-empty.gguf"] = "CKPT1051",
        ["name-duplicate.gguf"] = "CKPT1005",
        ["ndims-5.gguf"] = "CKPT1052",
        ["dim-zero.gguf"] = "CKPT1053",
        ["dim-negative.gguf"] = "CKPT1053",
        ["dims-product-wrap8.gguf"] = "CKPT1010",
        ["dims-4-wrap.gguf"] = "CKPT1010",
        ["type-38.gguf"] = "CKPT1055",
        ["type-43.gguf"] = "CKPT1054",
        ["offset-hole.gguf"] = "CKPT1058",
        ["offset-2e63.gguf"] = "CKPT1058",
        ["data-cut.gguf"] = "CKPT1012",
        ["data-absent.gguf"] = "CKPT1012",
        ["data-1tb.gguf"] = "CKPT1012",
    };

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/hostile");

    public static TheoryData<string> Files => Topic.Cases(_ => Listed().Keys);

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_follows_the_advice_by_code_and_within_little_memory(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var source = new FileSource(Topic.Reach(name));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? refusal = Record.Exception(() => Format.Gguf.Read(source));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationBase + (AllocationPerByte * source.Length));
        Assert.True(refusal is null or CheckpointException, refusal?.ToString());

        string advice = Listed()[name];
        Assert.True(advice == "either" || (advice == "reject") == (refusal is not null), $"{name}: {advice}, {refusal?.Message ?? "accepted"}");
        if (Codes.TryGetValue(name, out string? code))
        {
            Assert.Equal(code, (refusal as CheckpointException)?.Code);
        }
    }

    [Fact]
    public void Every_file_of_the_folder_has_a_verdict()
    {
        if (!Topic.SaysAbsent())
        {
            Assert.Equal(Topic.Files("*.gguf"), Listed().Keys.Order(StringComparer.Ordinal));
        }
    }

    private static Dictionary<string, string> Listed() => Topic.ReadJson("verdicts.json").GetProperty("files").EnumerateArray()
        .ToDictionary(file => file.GetProperty("file").GetString()!, file => file.GetProperty("advice").GetString()!, StringComparer.Ordinal);
}
