using System;
using System.Linq;
using System.Text;
using CheckpointBuild.Formats.Wire;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The checksum of zip archives: its vector form and its sum over bands equal the scalar form.</summary>
public sealed class Crc32Laws
{
    [Theory]
    [InlineData("", 0x0000_0000)]
    [InlineData("123456789", 0xCBF4_3926)]
    [InlineData("little", 0x19E3_3D85)]
    public void Of_known_texts_is_known(string text, uint expected) => Assert.Equal(expected, Crc32.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Of_any_length_equals_the_scalar_form()
    {
        byte[] bytes = new byte[1500];
        new Random(7).NextBytes(bytes);
        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Equal(~Crc32.Scalar(bytes.AsSpan(0, length), ~0x1234_5678U), Crc32.Of(bytes.AsSpan(0, length), 0x1234_5678)));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(1, 1)]
    [InlineData(1000, 70_000)]
    public void Combine_equals_the_sum_of_both(int first, int second)
    {
        byte[] bytes = new byte[first + second];
        new Random(first).NextBytes(bytes);
        Assert.Equal(Crc32.Of(bytes), Crc32.Combine(Crc32.Of(bytes.AsSpan(0, first)), Crc32.Of(bytes.AsSpan(first)), second));
    }
}
