using System;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes.Ggml;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>The codebooks and value tables of ggml's types against those of the reference's own package.</summary>
public sealed class TableTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/tables");

    public static TheoryData<string> Codebooks => Topic.Cases(topic => topic.ReadJson("index.json").GetProperty("tables").EnumerateArray().Select(t => t.GetProperty("name").GetString()!).Where(n => n.StartsWith("levels_", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Codebooks))]
    public unsafe void Codebook_has_the_reference_s_entries_under_the_reference_s_numbers(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        byte[] levels = Topic.ReadBytes(name + ".bin");
        Codebook book = Codebook.Named(name["levels_".Length..]);
        Findings.None(Enumerable.Range(0, levels.Length / book.Group).Select(entry => levels.AsSpan(entry * book.Group, book.Group).SequenceEqual(new ReadOnlySpan<byte>(book.LevelsOf(entry), book.Group)) ? null : $"entry {entry}"));
    }

    [Theory]
    [InlineData("kvalues_iq4")]
    [InlineData("kvalues_e2m1x2")]
    public void Codes_stand_for_the_reference_s_values(string name)
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        ReadOnlySpan<sbyte> expected = MemoryMarshal.Cast<byte, sbyte>(Topic.ReadBytes(name + ".bin"));
        Assert.Equal(expected.ToArray(), (name == "kvalues_iq4" ? NonlinearFour.Values : FourBitFloat.Values).ToArray());
    }
}
