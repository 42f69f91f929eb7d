using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Models in parts.</summary>
public sealed class GgufSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ckpt-parts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_of_the_first_part_gives_the_tensors_of_all()
    {
        using GgufSet set = GgufSet.Open(WriteSet());
        Assert.Equal("a b c", string.Join(' ', set.Contents.Tensors.Select(tensor => tensor.Name)));
    }

    [Fact]
    public void Open_keeps_the_first_parts_metadata_without_the_split()
    {
        using GgufSet set = GgufSet.Open(WriteSet());
        Assert.Equal("general.name", Assert.Single(set.Contents.Metadata).Key);
    }

    [Fact]
    public void Open_gives_tensors_with_the_bytes_of_their_parts()
    {
        using GgufSet set = GgufSet.Open(WriteSet());
        Assert.All(set.Contents.Tensors, tensor => Assert.Equal(PlanBytes.Of(Sample(tensor.Name))[0], PlanBytes.Of(tensor)[0]));
    }

    [Fact]
    public void Open_of_a_single_file_is_that_file()
    {
        string path = Write("whole.gguf", new Metadata().Add("split.count", (ushort)0), "a");
        using GgufSet set = GgufSet.Open(path);
        Assert.Equal((1, 1, 1), (set.Parts.Count, set.Contents.Tensors.Count, set.Contents.Metadata.Count));
    }

    [Fact]
    public void Open_names_a_part_that_is_missing()
    {
        string first = WriteSet();
        File.Delete(Path.Combine(_folder, "m-00002-of-00003.gguf"));
        CheckpointException error = Refusal(first);
        Assert.Equal(("CKPT1060", true), (error.Code, error.Message.Contains("m-00002-of-00003.gguf", StringComparison.Ordinal)));
    }

    [Fact]
    public void Open_of_a_later_part_asks_for_the_first()
    {
        WriteSet();
        Assert.Equal("CKPT1061", Refusal(Path.Combine(_folder, "m-00002-of-00003.gguf")).Code);
    }

    [Fact]
    public void Open_of_a_renamed_first_part_says_what_its_name_must_be()
    {
        string renamed = Path.Combine(_folder, "model.gguf");
        File.Move(WriteSet(), renamed);
        CheckpointException error = Refusal(renamed);
        Assert.Equal(("CKPT1062", true), (error.Code, error.Message.Contains("-00001-of-00003.gguf", StringComparison.Ordinal)));
    }

    [Fact]
    public void Open_refuses_parts_in_the_wrong_places()
    {
        string first = WriteSet();
        File.Copy(Path.Combine(_folder, "m-00003-of-00003.gguf"), Path.Combine(_folder, "m-00002-of-00003.gguf"), overwrite: true);
        Assert.Equal("CKPT1063", Refusal(first).Code);
    }

    [Fact]
    public void Open_refuses_a_part_without_split_keys()
    {
        string first = WriteSet();
        Write("m-00002-of-00003.gguf", new Metadata(), "b");
        Assert.Equal("CKPT1063", Refusal(first).Code);
    }

    [Fact]
    public void Open_refuses_split_keys_of_another_type()
    {
        Assert.Equal("CKPT1063", Refusal(Write("m.gguf", new Metadata().Add("split.count", 3), "a")).Code);
    }

    [Fact]
    public void Open_refuses_a_tensor_that_two_parts_have()
    {
        string first = WriteSet();
        Write("m-00003-of-00003.gguf", Split(new Metadata(), 2, 3), "a");
        Assert.Equal("CKPT1005", Refusal(first).Code);
    }

    [Fact]
    public void Open_refuses_a_set_with_tensors_left_out()
    {
        string first = WriteSet();
        Write("m-00001-of-00003.gguf", Split(new Metadata(), 0, 4), "a");
        Assert.Equal("CKPT1064", Refusal(first).Code);
    }

    [Fact]
    public void Open_of_the_reference_splitters_parts_equals_its_source()
    {
        if (GoldenData.Find("gguf/split/tiny-00001-of-00003.gguf") is not { } first || GoldenData.Find("gguf/split/tiny-source.gguf") is not { } whole)
        {
            return;
        }

        using GgufSet parts = GgufSet.Open(first);
        using GgufSet source = GgufSet.Open(whole);
        Assert.Equal(source.Contents.Metadata, parts.Contents.Metadata);
        Assert.Equal(source.Contents.Tensors.Select(tensor => tensor.Name), parts.Contents.Tensors.Select(tensor => tensor.Name));
        Assert.All(source.Contents.Tensors.Zip(parts.Contents.Tensors), pair => Assert.Equal(PlanBytes.Of(pair.First)[0], PlanBytes.Of(pair.Second)[0]));
    }

    private static CheckpointException Refusal(string path) => Assert.Throws<CheckpointException>(() => GgufSet.Open(path).Dispose());

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
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, PlanBytes.Of(Format.Gguf.Plan(name, new TensorFile(new TensorTable([Sample(tensor)]), metadata))));
        return path;
    }
}
