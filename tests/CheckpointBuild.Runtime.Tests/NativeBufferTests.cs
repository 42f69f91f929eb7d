using CheckpointBuild.Diagnostics;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

public sealed unsafe class NativeBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(5 << 20)]
    public void Buffer_is_aligned_and_writable_to_its_end(long length)
    {
        using var buffer = new NativeBuffer("a test", length);

        Assert.Equal(0, (nint)buffer.Pointer % 64);
        for (long i = 0; i < length; i += 997)
        {
            buffer.Pointer[i] = (byte)i;
        }

        Assert.Equal(length, buffer.Length);
    }

    [Fact]
    public void Buffer_larger_than_any_memory_is_refused_by_its_purpose()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => new NativeBuffer("tensor 'wte' in memory", 1L << 60));

        Assert.Equal("CKPT5006", error.Code);
        Assert.Contains("tensor 'wte' in memory", error.Message);
    }
}
