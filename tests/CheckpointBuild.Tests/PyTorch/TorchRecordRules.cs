using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The rules by which PyTorch 2.13 loads an archive with <c>weights_only=True</c>, mapped or not, as the golden topic states them.</summary>
internal static class TorchRecordRules
{
    private const int Alignment = 64;

    // The instructions of PyTorch's safe unpickler.
    private const string Opcodes = "\u0080\u002e\u0063\u0052\u0062\u0081\u0051\u0028\u0074\u0085\u0086\u0087\u0029\u005d\u0061\u0065\u007d\u0073\u0075\u008f\u004e\u0088\u0089\u004a\u004b\u004d\u008a\u0047\u0058\u0055\u0071\u0072\u0068\u006a";

    /// <summary>The rules that a file breaks.</summary>
    /// <param name="path">The file.</param>
    /// <returns>One sentence each.</returns>
    public static IEnumerable<string> Broken(string path)
    {
        using var source = new FileSource(path);
        IReadOnlyList<ZipEntry> entries = ZipDirectory.Read(source);
        string top = Path.GetFileNameWithoutExtension(path) + "/";
        foreach (ZipEntry entry in entries)
        {
            if (!entry.Name.StartsWith(top, System.StringComparison.Ordinal) || entry.IsDeflated || entry.DataOffset % Alignment != 0)
            {
                yield return $"{entry.Name} is packed, begins at {entry.DataOffset}, or lies in another folder";
            }
        }

        string[] names = [.. entries.Select(e => e.Name[top.Length..])];
        string[] data = [.. names.Where(n => n.StartsWith("data/", System.StringComparison.Ordinal))];
        string[] wanted = ["data.pkl", ".format_version", ".storage_alignment", "byteorder", .. Enumerable.Range(0, data.Length).Select(i => $"data/{i}"), "version", ".data/serialization_id"];
        if (!names.SequenceEqual(wanted))
        {
            yield return $"the records are {string.Join(", ", names)}";
        }

        foreach ((string record, string text) in ((string, string)[])[("version", "3\n"), ("byteorder", "little"), (".format_version", "1"), (".storage_alignment", "64")])
        {
            if (Encoding.ASCII.GetString(Bytes(source, entries, top + record)) != text)
            {
                yield return $"{record} is another text";
            }
        }

        byte[] program = Bytes(source, entries, top + "data.pkl");
        if (program[0] != 0x80 || program[1] != 2 || !Opcodes.Contains((char)program[2], System.StringComparison.Ordinal))
        {
            yield return "the program does not begin with protocol 2";
        }
    }

    private static byte[] Bytes(FileSource source, IReadOnlyList<ZipEntry> entries, string name)
    {
        using var record = new ZipRecord(source, entries.First(e => e.Name == name), new UnpackedRecords());
        return record.ReadBytes(0, (int)record.Length);
    }
}
