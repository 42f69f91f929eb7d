using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Models in parts.</summary>
public sealed class GgufSetTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly List<ByteSource> _open = [];

    public void Dispose()
    {
        _open.ForEach(source => source.Dispose());
        _scratch.Dispose();
    }

    [Fact]
    public void Read_of_the_first_part_gives_the_tensors_of_all()
    {
        TensorFile set = Read(WriteSet());
        Assert.Equal("a b c", string.Join(' ', set.Tensors.Select(tensor => tensor.Name)));
    }

    [Fact]
    public void Read_keeps_the_first_parts_metadata_without_the_split()
    {
        TensorFile set = Read(WriteSet());
        Assert.Equal("general.name", Assert.Single(set.Metadata).Key);
    }

    [Fact]
    public void Read_gives_tensors_with_the_bytes_of_their_parts()
    {
        TensorFile set = Read(WriteSet());
        Assert.All(set.Tensors, tensor => Assert.Equal(PlanBytes.Of(Sample(tensor.Name))[0], PlanBytes.Of(tensor)[0]));
    }

    [Fact]
    public void Read_of_a_single_file_is_that_file()
    {
        string path = Write("whole.gguf", new Metadata().Add("split.count", (ushort)0), "a");
        TensorFile set = Read(path);
        Assert.Equal((1, 1, 1), (_open.Count, set.Tensors.Count, set.Metadata.Count));
    }

    [Fact]
    public void Read_names_a_part_that_is_missing()
    {
        string first = WriteSet();
        File.Delete(_scratch.PathOf("m-00002-of-00003.gguf"));
        CheckpointException error = Refusal(first);
        Assert.Equal(("CKPT1060", true), (error.Code, error.Message.Contains("m-00002-of-00003.gguf", StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_of_a_later_part_asks_for_the_first()
    {
        WriteSet();
        Assert.Equal("CKPT1061", Refusal(_scratch.PathOf("m-00002-of-00003.gguf")).Code);
    }

    [Fact]
    public void Read_of_a_renamed_first_part_says_what_its_name_must_be()
    {
        string renamed = _scratch.PathOf("model.gguf");
        File.Move(WriteSet(), renamed);
        CheckpointException error = Refusal(renamed);
        Assert.Equal(("CKPT1062", true), (error.Code, error.Message.Contains("-00001-of-00003.gguf", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("m-00001-of-00003.gguf", false)]
    [InlineData("m-00002-of-00003.gguf", true)]
    [InlineData("m-00010-of-00010.gguf", true)]
    [InlineData("m-2-of-3.gguf", false)]
    [InlineData("m.gguf", false)]
    public void IsLaterPart_knows_the_parts_that_the_first_stands_for(string name, bool expected) => Assert.Equal(expected, GgufSet.IsLaterPart(name));

    [Fact]
    public void Read_refuses_parts_in_the_wrong_places()
    {
        string first = WriteSet();
        File.Copy(_scratch.PathOf("m-00003-of-00003.gguf"), _scratch.PathOf("m-00002-of-00003.gguf"), overwrite: true);
        Assert.Equal("CKPT1063", Refusal(first).Code);
    }

    [Fact]
    public void Read_refuses_a_part_without_split_keys()
    {
        string first = WriteSet();
        Write("m-00002-of-00003.gguf", new Metadata(), "b");
        Assert.Equal("CKPT1063", Refusal(first).Code);
    }

    [Fact]
    public void Read_refuses_split_keys_of_another_type()
    {
        Assert.Equal("CKPT1063", Refusal(Write("m.gguf", new Metadata().Add("split.count", 3), "a")).Code);
    }

    [Fact]
    public void Read_refuses_a_tensor_that_two_parts_have()
    {
        string first = WriteSet();
        Write("m-00003-of-00003.gguf", Split(new Metadata(), 2, 3), "a");
        Assert.Equal("CKPT1005", Refusal(first).Code);
    }

    [Fact]
    public void Read_refuses_a_set_with_tensors_left_out()
    {
        string first = WriteSet();
        Write("m-00001-of-00003.gguf", Split(new Metadata(), 0, 4), "a");
        Assert.Equal("CKPT1064", Refusal(first).Code);
    }

    [Fact]
    public void Read_of_the_reference_splitters_parts_equals_its_source()
    {
        GoldenTopic topic = GoldenRoot.Topic("gguf/split");
        if (topic.SaysAbsent())
        {
            return;
        }

        TensorFile parts = Read(topic.Reach("tiny-00001-of-00003.gguf")), source = Read(topic.Reach("tiny-source.gguf"));
        Assert.Equal(source.Metadata, parts.Metadata);
        Assert.Equal(source.Tensors.Select(tensor => tensor.Name), parts.Tensors.Select(tensor => tensor.Name));
        Assert.All(source.Tensors.Zip(parts.Tensors), pair => Assert.Equal(PlanBytes.Of(pair.First)[0], PlanBytes.Of(pair.Second)[0]));
    }

    private TensorFile Read(string path) => GgufSet.Read(Opened(path), name =>
    {
        string part = Path.Combine(Path.GetDirectoryName(path)!, name);
        return File.Exists(part) ? Opened(part) : null;
    });

    private FileSource Opened(string path)
    {
        var source = new FileSource(path);
        _open.Add(source);
        return source;
    }

    private CheckpointException Refusal(string path) => Assert.Throws<CheckpointException>(() => Read(path));

    private static Tensor Sample(string name) => FormatSamples.Random(name, DType.F32, new Shape(2, 8));

    private static Metadata Split(Metadata metadata, ushort number, int tensors) => metadata.Add("split.no", number).Add("split.count", (ushort)3).Add("split.tensors.count", tensors);

    private string WriteSet()
    {
        Write("m-00002-of-00003.gguf", Split(new Metadata(), 1, 3), "b");
        Write("m-00003-of-00003.gguf", Split(new Metadata(), 2, 3), "c");
        return Write("m-00001-of-00003.gguf", Split(new Metadata().Add("general.name", "M"), 0, 3), "a");
    }

    private string Write(string name, Metadata metadata, string tensor)
    {
        string path = _scratch.PathOf(name);
        File.WriteAllBytes(path, PlanBytes.Of(Format.Gguf.Plan(name, new TensorFile(new TensorTable([Sample(tensor)]), metadata))));
        return path;
    }
}
