using System;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>What a file is called that no format recognizes.</summary>
public sealed class DetectTests
{
    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("\u0080\u0002}q", "pickle")]
    [InlineData("\u001F\u008B\u0008", "gzip")]
    [InlineData("  <!DOCTYPE html><html>", "HTML")]
    [InlineData("<html><body>404</body></html>", "HTML")]
    [InlineData("{\"error\":\"Entry not found\"}", "JSON")]
    [InlineData("lmgg", "GGML")]
    [InlineData("what is this", "nothing known")]
    public void Detect_names_what_a_foreign_file_looks_like(string latin1, string expected)
    {
        CheckpointException error = Refusal(Encoding.Latin1.GetBytes(latin1));
        Assert.Equal("CKPT1004", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_names_a_git_lfs_pointer_and_the_size_of_the_real_file()
    {
        CheckpointException error = Refusal("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4976698672\n"u8.ToArray());
        Assert.Equal("CKPT1006", error.Code);
        Assert.Contains("Git LFS pointer", error.Message, StringComparison.Ordinal);
        Assert.Contains("4,976,698,672 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_names_a_git_lfs_pointer_that_is_cut()
    {
        Assert.Equal("CKPT1006", Refusal("version https://git-lfs.github.com/spec/v1\noid sha"u8.ToArray()).Code);
    }

    [Fact]
    public void Detect_names_the_formats_that_are_known()
    {
        CheckpointException error = Refusal([1, 2, 3]);
        Assert.All(Format.All, format => Assert.Contains(format.Name, error.Message, StringComparison.Ordinal));
    }

    private static CheckpointException Refusal(byte[] bytes) => Assert.Throws<CheckpointException>(() => Format.Detect(new ArraySource(bytes, "model.safetensors")));
}
