using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>The rules of GGUF headers that no golden file shows.</summary>
public sealed class GgufTests
{
    private static readonly long[] Innermost = [5, 3, 2];

    public static TheoryData<object> Values =>
    [
        byte.MaxValue, sbyte.MinValue, ushort.MaxValue, short.MinValue, uint.MaxValue, int.MinValue, ulong.MaxValue, long.MinValue, float.MinValue, double.Epsilon, true, false, "é 𝄞", string.Empty,
        new byte[] { 1, 255 }, new sbyte[] { -1, 1 }, new ushort[] { 1, 65535 }, new short[] { -1, 1 }, new uint[] { 1, uint.MaxValue }, new int[] { -1, 1 }, new ulong[] { 1, ulong.MaxValue },
        new long[] { -1, 1 }, new float[] { -0f, float.PositiveInfinity }, new double[] { double.NaN, 1 }, new bool[] { true, false }, new string[] { "a", string.Empty, "ü" }, Array.Empty<string>(), Array.Empty<int>(),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void Read_gives_a_metadata_value_of_the_type_that_was_written(object value)
    {
        TensorFile read = Read(Plan(new Metadata().Add("key", value)));
        Assert.True(read.Metadata.TryGet("key", out object? back));
        Assert.IsType(value.GetType(), back, exactMatch: true);
        Assert.Equal(value, back);
    }

    [Fact]
    public void Plan_writes_dimensions_innermost_first()
    {
        byte[] file = Plan(new Metadata(), FormatSamples.Random("t", DType.F32, new Shape(2, 3, 5)));
        IEnumerable<long> dimensions = Enumerable.Range(0, 3).Select(i => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(24 + 8 + 1 + 4 + (8 * i))));
        Assert.Equal(Innermost, dimensions);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(16u)]
    [InlineData(64u)]
    [InlineData(4096u)]
    public void Plan_and_read_keep_to_the_alignment_that_the_metadata_names(uint alignment)
    {
        Metadata metadata = new Metadata().Add("general.alignment", alignment);
        TensorFile read = Read(Plan(metadata, FormatSamples.Random("a", DType.F16, new Shape(3)), FormatSamples.Random("b", DType.F16, new Shape(3))));
        Assert.All(read.Tensors.Cast<Stored>(), tensor => Assert.Equal(0, tensor.Offset % alignment));
    }

    [Fact]
    public void Plan_pads_the_last_tensor() => Assert.Equal(0, Plan(new Metadata(), FormatSamples.Random("a", DType.F16, new Shape(3))).Length % 32);

    [Fact]
    public void Plan_without_tensors_ends_with_the_header() => Assert.Equal(24, Plan(new Metadata()).Length);

    [Fact]
    public void Read_takes_a_name_of_63_bytes() => Assert.Single(Read(Plan(new Metadata(), FormatSamples.Random(new string('n', 63), DType.F32, new Shape(1)))).Tensors);

    [Theory]
    [InlineData(36u, "CKPT1055", "IQ4_NL_4_4")]
    [InlineData(43u, "CKPT1054", "43")]
    public void Read_tells_removed_types_from_unknown_ones(uint type, string code, string expected)
    {
        CheckpointException error = Refusal(WithType(type));
        Assert.Equal((code, true), (error.Code, error.Message.Contains(expected, StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_refuses_a_row_that_is_no_whole_number_of_blocks() => Assert.Equal("CKPT1057", Refusal(WithType(8, columns: 33)).Code);

    [Fact]
    public void Every_number_of_ggml_is_a_type_or_a_removed_one() =>
        Assert.All(Enumerable.Range(0, DType.All.Max(d => d.GgmlType ?? 0) + 1), i => Assert.True(GgmlTypes.Find((uint)i) is null != (GgmlTypes.RemovedNameOf((uint)i) is null)));

    [Fact]
    public void Refusal_names_file_tensor_found_and_needed()
    {
        byte[] file = Plan(new Metadata(), FormatSamples.Random("model.norm.weight", DType.BF16, new Shape(4096)));
        CheckpointException error = Refusal(file[..^96]);
        Assert.StartsWith("model.gguf: tensor 'model.norm.weight' needs 8,192 bytes at offset 96 (BF16 [4096]), the file ends 96 bytes early.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CKPT4010", "U16", "a", 1, 1, 1)]
    [InlineData("CKPT4012", "F32", "a", 1, 0, 1)]
    [InlineData("CKPT4012", "Q8_0", "a", 1, 2, 33)]
    [InlineData("CKPT4011", "F32", "", 1, 1, 1)]
    [InlineData("CKPT4011", "F32", "a\0b", 1, 1, 1)]
    [InlineData("CKPT4011", "F32", "0123456789012345678901234567890123456789012345678901234567890123", 1, 1, 1)]
    public void Plan_refuses_a_tensor_that_has_no_place(string code, string dtype, string name, long a, long b, long c)
    {
        Assert.True(DType.TryParse(dtype, out DType? found));
        Assert.Equal(code, Assert.Throws<CheckpointException>(() => Plan(new Metadata(), FormatSamples.Random(name, found, new Shape(a, b, c)))).Code);
    }

    [Fact]
    public void Plan_refuses_five_dimensions() =>
        Assert.Equal("CKPT4012", Assert.Throws<CheckpointException>(() => Plan(new Metadata(), FormatSamples.Random("a", DType.F32, new Shape(1, 1, 1, 1, 1)))).Code);

    [Fact]
    public void Plan_refuses_an_empty_key() => Assert.Equal("CKPT4013", PlanRefusal(string.Empty, 1));

    [Fact]
    public void Plan_refuses_text_that_is_not_unicode() => Assert.Equal("CKPT4013", PlanRefusal("a", "\ud800"));

    [Theory]
    [InlineData(24u)]
    [InlineData(0u)]
    [InlineData(1u << 21)]
    public void Plan_refuses_an_alignment_that_cannot_be(uint alignment) => Assert.Equal("CKPT4013", PlanRefusal("general.alignment", alignment));

    [Fact]
    public void Plan_refuses_an_alignment_of_another_type() => Assert.Equal("CKPT4013", PlanRefusal("general.alignment", 32));

    [Fact]
    public void Plan_refuses_a_value_of_a_type_that_the_format_lacks() => Assert.Throws<ArgumentException>(() => Plan(new Metadata().Add("a", 1.5m)));

    [Fact]
    public void Read_takes_texts_longer_than_any_buffer()
    {
        string text = new('x', 200_001);
        Assert.Equal(text, Read(Plan(new Metadata().Add("a", text).Add("b", 1))).Metadata.Get<string>("a"));
    }

    private static byte[] Plan(Metadata metadata, params Tensor[] tensors) => PlanBytes.Of(Format.Gguf.Plan("model.gguf", new TensorFile(new TensorTable(tensors), metadata)));

    private static TensorFile Read(byte[] file) => Format.Gguf.Read(new ArraySource(file, "model.gguf"));

    private static CheckpointException Refusal(byte[] file) => Assert.Throws<CheckpointException>(() => Read(file));

    private static string PlanRefusal(string key, object value) => Assert.Throws<CheckpointException>(() => Plan(new Metadata().Add(key, value))).Code;

    // One tensor 't' and room for any type.
    private static byte[] WithType(uint type, ulong columns = 256)
    {
        var writer = new ByteWriter();
        writer.Write("GGUF"u8);
        writer.WriteUInt32(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(0);
        writer.WriteUInt64(1);
        writer.Write("t"u8);
        writer.WriteUInt32(1);
        writer.WriteUInt64(columns);
        writer.WriteUInt32(type);
        writer.WriteUInt64(0);
        writer.Pad(4096, 0);
        return writer.ToArray();
    }
}
