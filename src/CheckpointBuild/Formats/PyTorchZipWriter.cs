using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using CheckpointBuild.Formats.Wire;

namespace CheckpointBuild.Formats;

/// <summary>Lays out a file as <c>torch.save</c> would: what PyTorch 2.13 loads with <c>weights_only=True</c>, mapped or not.</summary>
internal static class PyTorchZipWriter
{
    private const int Alignment = 64;

    // What torch.save calls the folder where it has no name of a file to call it by.
    private const string NamelessTop = "archive";

    /// <summary>Lays out a file.</summary>
    /// <param name="path">Where it will lie; its name without extension is the name of the folder inside, as PyTorch does.</param>
    /// <param name="root">The object.</param>
    /// <param name="records">Which records it gets.</param>
    /// <returns>The plan.</returns>
    public static FilePlan Plan(string path, object? root, PyTorchRecords records)
    {
        var storages = new TorchStorages(path, root);
        byte[] program = new PickleWriter(path, storages.Write).Program(root);
        var zip = new ZipWriter(path, Alignment);
        string top = TopOf(path);
        zip.Add($"{top}/data.pkl", program);
        if (records == PyTorchRecords.Full)
        {
            zip.Add($"{top}/.format_version", "1"u8);
            zip.Add($"{top}/.storage_alignment", "64"u8);
        }

        zip.Add($"{top}/byteorder", "little"u8);
        for (int i = 0; i < storages.Contents.Count; i++)
        {
            zip.Add(string.Create(CultureInfo.InvariantCulture, $"{top}/data/{i}"), storages.Contents[i]);
        }

        zip.Add($"{top}/version", "3\n"u8);
        if (records == PyTorchRecords.Full)
        {
            zip.Add($"{top}/.data/serialization_id", Encoding.ASCII.GetBytes(IdOf(program)));
        }

        return zip.Finish();
    }

    private static string TopOf(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return name.Length > 0 && name.All(c => c is > ' ' and < '\u007F' and not ('/' or '\\' or ':')) && name is not ("." or "..") ? name : NamelessTop;
    }

    // Forty digits that tell one object from another; PyTorch takes any.
    private static string IdOf(byte[] program)
    {
        byte[] hash = SHA256.HashData(program);
        return string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt64LittleEndian(hash):D20}{BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(8)):D20}");
    }
}
