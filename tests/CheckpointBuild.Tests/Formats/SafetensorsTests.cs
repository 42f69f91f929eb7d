using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>The rules of safetensors headers, one by one; headers are written by hand.</summary>
public sealed class SafetensorsTests
{
    private static readonly string[] FileOrder = ["second", "first"];
    private static readonly string[] ByRankThenName = ["i", "B", "a", "\uFFFD", "𝄞", "half", "u8"];

    [Theory]
    [InlineData("CKPT1023", " {}", 0)]
    [InlineData("CKPT1023", "[]", 0)]
    [InlineData("CKPT1023", "", 0)]
    [InlineData("CKPT1025", "{", 0)]
    [InlineData("CKPT1025", "{}{}", 0)]
    [InlineData("CKPT1025", "{}\u0000", 0)]
    [InlineData("CKPT1025", "{,}", 0)]
    [InlineData("CKPT1025", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},}""", 1)]
    [InlineData("CKPT1025", """{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1026", """{"a":1}""", 0)]
    [InlineData("CKPT1026", """{"a":null}""", 0)]
    [InlineData("CKPT1026", """{"a":{"dtype":1,"shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1026", """{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1026", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1)]
    [InlineData("CKPT1026", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}""", 1)]
    [InlineData("CKPT1026", """{"__metadata__":[]}""", 0)]
    [InlineData("CKPT1026", """{"__metadata__":null}""", 0)]
    [InlineData("CKPT1026", """{"__metadata__":{"a":1}}""", 0)]
    [InlineData("CKPT1026", """{"__metadata__":{"a":{"b":"c"}}}""", 0)]
    [InlineData("CKPT1036", """{"__metadata__":{},"__metadata__":{}}""", 0)]
    [InlineData("CKPT1027", """{"__metadata__":{"a":"1","a":"2"}}""", 0)]
    [InlineData("CKPT1027", """{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1027", """{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1027", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1005", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2)]
    [InlineData("CKPT1005", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2)]
    [InlineData("CKPT1028", """{"a":{"shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1028", """{"a":{"dtype":"U8","data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1028", """{"a":{"dtype":"U8","shape":[1]}}""", 1)]
    [InlineData("CKPT1029", """{"a":{"dtype":"F12","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1029", """{"a":{"dtype":"u8","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1030", """{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1030", """{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}""", 3)]
    [InlineData("CKPT1030", """{"a":{"dtype":"F6_E3M2","shape":[4],"data_offsets":[0,3]}}""", 3)]
    [InlineData("CKPT1031", """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1031", """{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("CKPT1031", """{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1031", """{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1031", """{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1031", """{"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1031", """{"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]}}""", 1)]
    [InlineData("CKPT1031", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,99999999999999999999]}}""", 1)]
    [InlineData("CKPT1032", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1)]
    [InlineData("CKPT1033", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2)]
    [InlineData("CKPT1033", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3)]
    [InlineData("CKPT1033", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3)]
    [InlineData("CKPT1033", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2)]
    [InlineData("CKPT1034", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4)]
    [InlineData("CKPT1034", """{"a":{"dtype":"F32","shape":[],"data_offsets":[0,0]}}""", 0)]
    [InlineData("CKPT1035", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 2)]
    [InlineData("CKPT1035", "{}", 1)]
    [InlineData("CKPT1012", """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 2)]
    [InlineData("CKPT1010", """{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", 4)]
    [InlineData("CKPT1010", """{"a":{"dtype":"F32","shape":[2305843009213693952,2],"data_offsets":[0,4]}}""", 4)]
    [InlineData("CKPT1011", """{"a":{"dtype":"U8","shape":[2147483648],"data_offsets":[0,2147483648]}}""", 1)]
    public void Read_refuses_a_header_by_name(string code, string json, int dataBytes) => Assert.Equal(code, Refusal(File(json, dataBytes)).Code);

    [Fact]
    public void Read_refuses_a_file_shorter_than_the_length() => Assert.Equal("CKPT1020", Refusal(new byte[7]).Code);

    [Fact]
    public void Read_refuses_a_header_beyond_the_limit_before_taking_memory() => Assert.Equal("CKPT1021", Refusal([1, 0xE1, 0xF5, 5, 0, 0, 0, 0]).Code);

    [Fact]
    public void Read_refuses_a_header_that_ends_after_the_file() => Assert.Equal("CKPT1022", Refusal([0, 0xE1, 0xF5, 5, 0, 0, 0, 0, (byte)'{']).Code);

    [Fact]
    public void Read_refuses_a_header_that_is_not_utf8() => Assert.Equal("CKPT1024", Refusal([8, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}', 32]).Code);

    [Fact]
    public void Read_refuses_deep_nesting_where_members_are_ignored()
    {
        string nest = new('[', 100_000);
        Assert.Equal("CKPT1025", Refusal(File($$"""{"a":{"x":{{nest}}""", 0)).Code);
    }

    [Fact]
    public void Read_refuses_more_tensors_than_any_model_has()
    {
        var json = new StringBuilder("{");
        for (int i = 0; i <= SafetensorsHeaderReader.TensorLimit; i++)
        {
            json.Append(i == 0 ? string.Empty : ",").Append('"').Append(i).Append("""
                ":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}
                """);
        }

        Assert.Equal("CKPT1013", Refusal(File(json.Append('}').ToString(), 0)).Code);
    }

    [Fact]
    public void Refusal_names_file_tensor_found_and_needed()
    {
        CheckpointException error = Refusal(File("""{"model.norm.weight":{"dtype":"BF16","shape":[4096],"data_offsets":[0,8192]}} """, 8096));
        Assert.StartsWith("model.safetensors: tensor 'model.norm.weight' needs 8,192 bytes at offset 86 (BF16 [4096]), the file ends 96 bytes early.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_shows_a_long_name_cut_and_its_control_characters_as_escapes()
    {
        CheckpointException error = Refusal(File($$$"""{"a\n\u001b[31m{{{new string('x', 5000)}}}":1}""", 0));
        Assert.Contains(@"'a\u000a\u001b[31mxxx", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 0, 400);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{}   \r\n\t ")]
    [InlineData("""{"__metadata__":{}}""")]
    public void Read_takes_a_file_without_tensors(string json) => Assert.Empty(Read(File(json, 0)).Tensors);

    [Fact]
    public void Read_gives_tensors_in_the_order_of_their_data() =>
        Assert.Equal(FileOrder, Read(File("""{"first":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},"second":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 3)).Tensors.Select(tensor => tensor.Name));

    [Fact]
    public void Read_ignores_members_that_the_format_does_not_have() =>
        Assert.Single(Read(File("""{"a":{"dtype":"U8","extra":{"b":[1,{"c":null}]},"shape":[1],"data_offsets":[0,1]}}""", 1)).Tensors);

    [Fact]
    public void Read_gives_metadata_in_its_order() => Assert.Equal("b=1 a=2", string.Join(' ', Read(File("""{"__metadata__":{"b":"1","a":"2"}}""", 0)).Metadata.Select(pair => $"{pair.Key}={pair.Value}")));

    [Fact]
    public void Read_takes_tensors_without_numbers()
    {
        TensorFile file = Read(File("""{"z":{"dtype":"U8","shape":[0,7],"data_offsets":[1,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}}""", 1));
        Assert.Equal("y a z", string.Join(' ', file.Tensors.Select(tensor => tensor.Name)));
    }

    [Fact]
    public void Plan_of_tensors_without_numbers_is_read_back()
    {
        TensorFile file = new(new TensorTable([FormatSamples.Random("empty", DType.F32, new Shape(0, 4)), FormatSamples.Random("full", DType.F32, new Shape(4))]), new Metadata());
        FilePlan plan = Format.Safetensors.Plan("x", file);
        Assert.Equal(("full", 2), (Assert.Single(plan.Slots).Tensor.Name, Read(PlanBytes.Of(plan)).Tensors.Count));
    }

    [Fact]
    public void Plan_sorts_by_dtype_and_then_by_the_bytes_of_the_name()
    {
        Tensor[] tensors =
        [
            FormatSamples.Random("half", DType.F16, new Shape(1)), FormatSamples.Random("u8", DType.U8, new Shape(1)), FormatSamples.Random("𝄞", DType.F32, new Shape(1)),
            FormatSamples.Random("\uFFFD", DType.F32, new Shape(1)), FormatSamples.Random("a", DType.F32, new Shape(1)), FormatSamples.Random("B", DType.F32, new Shape(1)),
            FormatSamples.Random("i", DType.All.First(dtype => dtype.Name == "I64"), new Shape(1)),
        ];
        FilePlan plan = Format.Safetensors.Plan("x", new TensorFile(new TensorTable(tensors), new Metadata()));
        Assert.Equal(ByRankThenName, plan.Slots.Select(slot => slot.Tensor.Name));
    }

    [Fact]
    public void Every_dtype_that_has_a_name_has_a_rank() => Assert.All(DType.All, dtype => Assert.True(dtype.SafetensorsName is null || SafetensorsDTypes.Rank(dtype.SafetensorsName) >= 0));

    [Fact]
    public void Plan_of_nothing_gives_an_empty_object() => Assert.Equal("\b\0\0\0\0\0\0\0{}      "u8.ToArray(), Plan(TensorTable.Empty, new Metadata()));

    [Fact]
    public void Plan_of_metadata_alone_gives_the_reference_bytes() =>
        Assert.Equal("""(       {"__metadata__":{"framework":"pt"}}     """.Replace("(       ", "(\0\0\0\0\0\0\0", StringComparison.Ordinal), Encoding.UTF8.GetString(Plan(TensorTable.Empty, new Metadata().Add("framework", "pt"))));

    [Fact]
    public void Plan_of_one_tensor_gives_the_reference_header()
    {
        byte[] file = Plan(new TensorTable([FormatSamples.Random("attn0", DType.F32, new Shape(1, 1, 2, 3))]), new Metadata());
        Assert.Equal("H\0\0\0\0\0\0\0{\"attn0\":{\"dtype\":\"F32\",\"shape\":[1,1,2,3],\"data_offsets\":[0,24]}}       ", Encoding.UTF8.GetString(file, 0, 80));
    }

    [Fact]
    public void Plan_escapes_only_what_json_demands()
    {
        byte[] file = Plan(TensorTable.Empty, new Metadata().Add("k", "\"\\/\b\f\n\r\t\u0001\u001F\u007F<é𝄞"));
        Assert.Contains("""{"k":"\"\\/\b\f\n\r\t\u0001\u001f""" + "\u007F<é𝄞\"}", Encoding.UTF8.GetString(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_refuses_a_dtype_without_a_name() => Assert.Equal("CKPT4010", PlanRefusal("a", DType.Q8_0, 32));

    [Fact]
    public void Plan_refuses_the_name_of_the_metadata() => Assert.Equal("CKPT4011", PlanRefusal("__metadata__", DType.F32, 1));

    [Fact]
    public void Plan_refuses_a_name_that_is_not_unicode() => Assert.Equal("CKPT4011", PlanRefusal("half \ud800 pair", DType.F32, 1));

    [Fact]
    public void Plan_refuses_metadata_that_is_not_text() => Assert.Throws<ArgumentException>(() => Plan(TensorTable.Empty, new Metadata().Add("a", 1)));

    [Fact]
    public void Plan_refuses_metadata_that_is_not_unicode() =>
        Assert.Equal("CKPT4013", Assert.Throws<CheckpointException>(() => Plan(TensorTable.Empty, new Metadata().Add("a", "\udc00"))).Code);

    [Fact]
    public void Plan_refuses_a_header_that_could_not_be_read_back() =>
        Assert.Equal("CKPT4014", Assert.Throws<CheckpointException>(() => Plan(TensorTable.Empty, new Metadata().Add("a", new string('x', Safetensors.HeaderLimit)))).Code);

    private static byte[] File(string json, int dataBytes)
    {
        byte[] header = Encoding.UTF8.GetBytes(json);
        byte[] file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        return file;
    }

    private static TensorFile Read(byte[] file) => Format.Safetensors.Read(new ArraySource(file, "model.safetensors"));

    private static CheckpointException Refusal(byte[] file) => Assert.Throws<CheckpointException>(() => Read(file));

    private static byte[] Plan(TensorTable tensors, Metadata metadata) => PlanBytes.Of(Format.Safetensors.Plan("model.safetensors", new TensorFile(tensors, metadata)));

    private static string PlanRefusal(string name, DType dtype, int columns) =>
        Assert.Throws<CheckpointException>(() => Plan(new TensorTable([FormatSamples.Random(name, dtype, new Shape(columns))]), new Metadata())).Code;
}
