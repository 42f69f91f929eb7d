using System;
using System.IO.Compression;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Laws;
using Xunit;
using static CheckpointBuild.Tests.PyTorch.TorchSample;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>What a pickle program may not be, each with its code.</summary>
public sealed class PickleErrorTests
{
    [Theory]
    [InlineData("CKPT1151", new byte[] { 0x80, 2, 0x30, (byte)'.' })]
    [InlineData("CKPT1151", new byte[] { 0x80, 2, 0x8C, 1, (byte)'w', (byte)'.' })]
    [InlineData("CKPT1152", new byte[] { 0x80, 2, (byte)'X', 255, 255, 255, 0, (byte)'w' })]
    [InlineData("CKPT1152", new byte[] { 0x80, 2, (byte)'}' })]
    [InlineData("CKPT1153", new byte[] { 0x80, 2, (byte)'.' })]
    [InlineData("CKPT1153", new byte[] { 0x80, 99, (byte)'}', (byte)'.' })]
    [InlineData("CKPT1153", new byte[] { 0x80, 2, (byte)'h', 7, (byte)'.' })]
    [InlineData("CKPT1154", new byte[] { 0x80, 2, (byte)'X', 1, 0, 0, 0, 0xFF, (byte)'.' })]
    [InlineData("CKPT1156", new byte[] { 0x80, 2, (byte)']', (byte)'q', 0, (byte)'h', 0, (byte)'a', (byte)'.' })]
    [InlineData("CKPT1157", new byte[] { 0x80, 2, (byte)'}', (byte)'K', 1, (byte)'N', (byte)'s', 0x88, (byte)'N', (byte)'s', (byte)'.' })]
    [InlineData("CKPT1159", new byte[] { 0x80, 2, (byte)'N', (byte)'N', (byte)'.' })]
    [InlineData("CKPT1159", new byte[] { 0x80, 2, (byte)'N', (byte)'.', (byte)'.' })]
    public void Read_of_a_broken_program_refuses(string code, byte[] program) => Assert.Equal(code, CodeOf(program));

    [Fact]
    public void Read_of_a_foreign_name_refuses_all_of_them_at_once()
    {
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => ReadAll(Zip(Dictionary([.. Name("os", "system"), .. Tuple(Name("posix", "open")), (byte)'R']))));
        Assert.Equal("CKPT1150", refusal.Code);
        Assert.Contains("'os.system', 'posix.open'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_of_too_many_levels_refuses() => Assert.Equal("CKPT1155", CodeOf([0x80, 2, (byte)')', .. Enumerable.Repeat((byte)0x85, 100_000), (byte)'.']));

    [Fact]
    public void Read_of_many_values_under_a_long_key_refuses() =>
        Assert.Equal("CKPT1155", CodeOf([0x80, 2, (byte)'}', .. Text(new string('A', 1_000_000)), (byte)']', (byte)'(', .. Enumerable.Repeat(new byte[] { (byte)'K', 1 }, 3000).SelectMany(b => b), (byte)'e', (byte)'s', (byte)'.']));

    [Fact]
    public void Read_of_containers_without_end_refuses() =>
        Assert.Equal("CKPT1155", CodeOf([0x80, 2, (byte)']', .. Enumerable.Repeat(new byte[] { (byte)'}', (byte)'a' }, 3_000_000).SelectMany(b => b), (byte)'.']));

    [Fact]
    public void Read_of_a_key_with_a_dot_beside_a_dictionary_says_what_stands_in_the_way() =>
        Assert.Equal("CKPT1007", CodeOf([0x80, 2, (byte)'}', .. Text("a.b"), .. Vector, (byte)'s', .. Text("a"), (byte)'}', .. Text("b"), .. Vector, (byte)'s', (byte)'s', (byte)'.']));

    [Fact]
    public void Zeros_may_shrink_a_thousandfold()
    {
        byte[] zeros = new byte[1 << 20];
        byte[] packed = Pack([("a/data.pkl", Dictionary(Tensor(Storage("FloatStorage", "0", zeros.Length / 4), [0], [zeros.Length / 4], [1]))), ("a/byteorder", "little"u8.ToArray()), ("a/data/0", zeros), ("a/version", "3\n"u8.ToArray())], name => name == "a/data/0" ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
        PyTorchFile file = PyTorchFile.Read(new ArraySource(packed, "sample.pt"));
        Assert.Equal(zeros, PlanBytes.Of(file.Tensors[0])[0]);
    }

    [Fact]
    public void Read_of_a_call_with_other_arguments_refuses() => Assert.Equal("CKPT1158", CodeOf(Dictionary(Call("torch._utils", "_rebuild_tensor_v2", Text("storage")))));

    [Fact]
    public void Read_of_a_bare_storage_refuses() => Assert.Equal("CKPT1355", CodeOf(Dictionary(Storage("FloatStorage", "0", 2))));

    [Fact]
    public void Read_of_numbers_texts_and_tensors_names_each_by_its_path()
    {
        PyTorchFile file = PyTorchFile.Read(Zip(Dictionary(Tuple(Vector, Number(7)))));
        Assert.Equal(["w.0"], file.Tensors.Select(t => t.Name));
        Assert.Equal(["w.1 int 7"], file.Values.Select(v => $"{v.Path} {v.Type} {v.Value}"));
        Assert.Equal([0, 0, 128, 63, 0, 0, 0, 64], PlanBytes.Of(file.Tensors[0])[0]);
    }

    private static string CodeOf(byte[] program) => Assert.Throws<CheckpointException>(() => ReadAll(Zip(program))).Code;
}
