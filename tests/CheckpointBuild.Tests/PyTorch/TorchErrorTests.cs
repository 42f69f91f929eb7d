using System;
using System.IO.Compression;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Laws;
using Xunit;
using static CheckpointBuild.Tests.PyTorch.TorchSample;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>What an archive and its storages may not be, each with its code.</summary>
public sealed class TorchErrorTests
{
    private static readonly byte[] Program = Dictionary(Vector);

    [Fact]
    public void Read_of_half_an_archive_refuses() => Refused("CKPT1250", () => ReadAll(new ArraySource(BytesOf(Zip(Program))[..200])));

    [Fact]
    public void Read_of_an_archive_with_another_count_refuses() => Refused("CKPT1251", () => ReadAll(Changed(-22 + 10, 9)));

    [Fact]
    public void Read_of_a_record_with_two_names_refuses() => Refused("CKPT1252", () => ReadAll(Changed(30, (byte)'b')));

    [Fact]
    public void Read_of_a_record_that_stands_twice_refuses() => Refused("CKPT1253", () => ReadAll(Zip(Program, r => r.Add(("a/data/0", new byte[8])))));

    [Fact]
    public void Read_of_an_archive_that_was_packed_refuses() =>
        Refused("CKPT1254", () => ReadAll(new ArraySource(Pack([("a/data.pkl", Program), ("a/byteorder", "little"u8.ToArray()), ("a/data/0", new byte[8]), ("a/version", "3\n"u8.ToArray())], CompressionLevel.Optimal))));

    [Fact]
    public void Read_of_a_changed_byte_refuses()
    {
        byte[] bytes = BytesOf(Zip(Program));
        bytes[bytes.AsSpan().IndexOf((byte[])[0, 0, 128, 63])] ^= 1;
        Refused("CKPT1255", () => ReadAll(new ArraySource(bytes)));
    }

    [Fact]
    public void Read_of_another_zip_refuses() => Refused("CKPT1256", () => ReadAll(new ArraySource(Pack([("w.npy", new byte[8])], CompressionLevel.NoCompression))));

    [Fact]
    public void Read_of_TorchScript_refuses() => Refused("CKPT1257", () => ReadAll(Zip(Program, r => r.Add(("a/constants.pkl", [1])))));

    [Theory]
    [InlineData("a/version", "11")]
    [InlineData("a/byteorder", "middle")]
    public void Read_of_a_record_with_another_word_refuses(string record, string word) => Refused("CKPT1258", () => ReadAll(Zip(Program, r =>
    {
        r.RemoveAll(e => e.Name == record);
        r.Add((record, [.. word.Select(c => (byte)c)]));
    })));

    [Fact]
    public void Read_of_a_second_program_refuses() => Refused("CKPT1259", () => ReadAll(Zip(Program, r => r.Add(("a/data/evil.pkl", [1])))));

    [Fact]
    public void Read_of_a_storage_of_another_size_refuses() => Refused("CKPT1350", () => ReadAll(Zip(Dictionary(Tensor(Storage("FloatStorage", "0", 3), [0], [2], [1])))));

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(0, 2, 5)]
    [InlineData(-1, 1, 1)]
    [InlineData(0, -2, 1)]
    [InlineData(0, 2, int.MaxValue)]
    public void Read_of_a_view_past_its_storage_refuses(int offset, int size, int stride) =>
        Refused("CKPT1351", () => ReadAll(Zip(Dictionary(Tensor(Storage("FloatStorage", "0", 2), [offset], [size], [stride])))));

    [Fact]
    public void Read_of_a_storage_with_two_types_refuses() =>
        Refused("CKPT1352", () => ReadAll(Zip(Dictionary(Tuple(Vector, Tensor(Storage("IntStorage", "0", 2), [0], [2], [1]))))));

    [Fact]
    public void Read_of_a_number_that_is_repeated_endlessly_refuses() =>
        Refused("CKPT1353", () => ReadAll(Zip(Dictionary(Tensor(Storage("FloatStorage", "0", 2), [0], [1 << 30, 2], [0, 1])))));

    [Fact]
    public void Read_of_a_bool_that_is_neither_refuses() => Refused("CKPT1354", () => ReadAll(Zip(Dictionary(Tensor(Storage("BoolStorage", "0", 8), [0], [8], [1])))));

    [Fact]
    public void Read_of_an_old_file_of_another_version_refuses() => Refused("CKPT1356", () => ReadAll(Legacy(Program, ["0"], Tail, version: 1002)));

    [Fact]
    public void Read_of_an_old_file_with_an_unlisted_storage_refuses() => Refused("CKPT1357", () => ReadAll(Legacy(Program, [], [])));

    [Fact]
    public void Read_of_an_old_file_gives_its_tensor() => Assert.Equal([1f, 2f], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(PlanBytes.Of(PyTorchFile.Read(Legacy(Program, ["0"], Tail)).Tensors[0])[0]).ToArray());

    [Fact]
    public void Read_of_columns_far_apart_refuses()
    {
        var storage = new Stored("w", DTypes.DType.F32, new Shape(2L << 30), new ArraySource([]), 0);
        var view = new StorageView("w", new Shape(1, 2), storage, 0, [1, 1L << 30]);
        Refused("CKPT1358", () => _ = PlanBytes.Of(view));
    }

    [Theory]
    [InlineData(new byte[0])]
    public void Plan_of_a_value_that_the_safe_loader_refuses_refuses(byte[] value) =>
        Refused("CKPT4150", () => PyTorchZipWriter.Plan("x.pt", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("w", value), PyTorchRecords.Full));

    private static byte[] Tail => [.. BitConverter.GetBytes(2L), 0, 0, 128, 63, 0, 0, 0, 64];

    private static ArraySource Changed(int at, byte value)
    {
        byte[] bytes = BytesOf(Zip(Program));
        bytes[at < 0 ? bytes.Length + at : at] = value;
        return new ArraySource(bytes);
    }

    private static byte[] BytesOf(ByteSource source) => source.ReadBytes(0, (int)source.Length);

    private static void Refused(string code, Action read) => Assert.Equal(code, Assert.Throws<CheckpointException>(read).Code);
}
