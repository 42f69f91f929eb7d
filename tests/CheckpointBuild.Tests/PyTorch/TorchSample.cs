using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Laws;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>Small PyTorch files, put together record by record by the platform's own zip writer and by a speller of pickle instructions.</summary>
internal static class TorchSample
{
    /// <summary>The call that makes a float32 [2] of storage 0.</summary>
    public static byte[] Vector => Tensor(Storage("FloatStorage", "0", 2), [0], [2], [1]);

    /// <summary>An archive of the usual records around a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="change">Changes the records before they are packed.</param>
    /// <returns>The file.</returns>
    public static ByteSource Zip(byte[] program, Action<List<(string Name, byte[] Bytes)>>? change = null)
    {
        List<(string Name, byte[] Bytes)> records =
        [
            ("a/data.pkl", program), ("a/byteorder", "little"u8.ToArray()), ("a/data/0", [0, 0, 128, 63, 0, 0, 0, 64]), ("a/version", "3\n"u8.ToArray()),
        ];
        change?.Invoke(records);
        return new ArraySource(Pack(records, CompressionLevel.NoCompression), "sample.pt");
    }

    /// <summary>Packs records.</summary>
    /// <param name="records">Names and bytes.</param>
    /// <param name="level">How.</param>
    /// <returns>The archive.</returns>
    public static byte[] Pack(IEnumerable<(string Name, byte[] Bytes)> records, CompressionLevel level) => Pack(records, _ => level);

    /// <summary>Packs records.</summary>
    /// <param name="records">Names and bytes.</param>
    /// <param name="levelOf">How each is packed.</param>
    /// <returns>The archive.</returns>
    public static byte[] Pack(IEnumerable<(string Name, byte[] Bytes)> records, Func<string, CompressionLevel> levelOf)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in records)
            {
                using Stream entry = zip.CreateEntry(name, levelOf(name)).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A program that builds a dictionary of one entry, 'w'.</summary>
    /// <param name="value">Instructions of its value.</param>
    /// <returns>The program.</returns>
    public static byte[] Dictionary(params byte[] value) => [0x80, 2, (byte)'}', .. Text("w"), .. value, (byte)'s', (byte)'.'];

    /// <summary>A text.</summary>
    public static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.UTF8.GetBytes(text)];

    /// <summary>A name.</summary>
    public static byte[] Name(string module, string name) => [(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")];

    /// <summary>A number.</summary>
    public static byte[] Number(int value) => [(byte)'J', .. BitConverter.GetBytes(value)];

    /// <summary>A tuple.</summary>
    public static byte[] Tuple(params byte[][] items) => [(byte)'(', .. items.SelectMany(i => i), (byte)'t'];

    /// <summary>A call.</summary>
    public static byte[] Call(string module, string name, params byte[][] arguments) => [.. Name(module, name), .. Tuple(arguments), (byte)'R'];

    /// <summary>A storage.</summary>
    public static byte[] Storage(string type, string key, int count) => [.. Tuple(Text("storage"), Name("torch", type), Text(key), Text("cpu"), Number(count)), (byte)'Q'];

    /// <summary>A tensor over a storage.</summary>
    public static byte[] Tensor(byte[] storage, int[] offset, int[] sizes, int[] strides) => Call(
        "torch._utils", "_rebuild_tensor_v2", storage, Number(offset[0]), Tuple([.. sizes.Select(Number)]), Tuple([.. strides.Select(Number)]), [0x89], [(byte)'}']);

    /// <summary>A file of the time before zip, with float32 storages.</summary>
    /// <param name="program">The object's program.</param>
    /// <param name="keys">What the list of storages names.</param>
    /// <param name="tail">The bytes of the storages with their counts.</param>
    /// <param name="version">The second pickle's number.</param>
    /// <returns>The file.</returns>
    public static ByteSource Legacy(byte[] program, string[] keys, byte[] tail, int version = 1001) => new ArraySource(
        [
            0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.',
            0x80, 2, .. Number(version), (byte)'.', 0x80, 2, (byte)'}', (byte)'.', .. program, 0x80, 2, (byte)']', (byte)'(', .. keys.SelectMany(Text), (byte)'e', (byte)'.', .. tail,
        ], "legacy.pt");

    /// <summary>Reads every tensor of a file.</summary>
    /// <param name="source">The file.</param>
    public static void ReadAll(ByteSource source)
    {
        foreach (Tensor tensor in PyTorchFile.Read(source).Tensors)
        {
            _ = Formats.PlanBytes.Of(tensor);
        }
    }
}
