using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Tests.Readers;

/// <summary>A plain reader of the zip containers that <c>torch.save</c> writes for a state dictionary: as much of pickle as such a dictionary of contiguous float32 tensors needs, and nothing is ever called.</summary>
internal static class TorchReader
{
    private static readonly object Mark = new();

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors in the dictionary's order.</returns>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static IReadOnlyList<SafetensorsTensor> Read(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        string pickle = zip.Entries.Single(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal)).FullName;
        string folder = pickle[..^"data.pkl".Length];
        var entries = (List<object>)Load(Bytes(zip, pickle));
        var tensors = new List<SafetensorsTensor>();
        for (int i = 0; i < entries.Count; i += 2)
        {
            // _rebuild_tensor_v2(storage, offset, size, stride, ...), storage = ('storage', type, key, device, count).
            object[] parts = (object[])entries[i + 1];
            object[] storage = (object[])parts[0];
            long[] shape = [.. ((object[])parts[2]).Select(Convert.ToInt64)];
            int start = Convert.ToInt32(parts[1]) * sizeof(float), length = (int)shape.Aggregate(1L, (a, b) => a * b) * sizeof(float);
            tensors.Add(new SafetensorsTensor((string)entries[i], "F32", [.. shape], Bytes(zip, $"{folder}data/{storage[2]}")[start..(start + length)]));
        }

        return tensors;
    }

    private static byte[] Bytes(ZipArchive zip, string name)
    {
        using Stream stream = zip.GetEntry(name)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    // A dictionary is a list of keys and values in turns; a call is the tuple of its arguments.
    private static object Load(byte[] code)
    {
        var stack = new List<object>();
        var memo = new Dictionary<int, object>();
        for (int at = 0; ;)
        {
            switch (code[at++])
            {
                case 0x80: at++; break;
                case (byte)'(': stack.Add(Mark); break;
                case (byte)')': stack.Add(Array.Empty<object>()); break;
                case (byte)'}': stack.Add(new List<object>()); break;
                case (byte)'q': memo[code[at++]] = stack[^1]; break;
                case (byte)'r': memo[Int(code, ref at)] = stack[^1]; break;
                case (byte)'h': stack.Add(memo[code[at++]]); break;
                case (byte)'j': stack.Add(memo[Int(code, ref at)]); break;
                case (byte)'K': stack.Add((long)code[at++]); break;
                case (byte)'M': stack.Add((long)(code[at++] | (code[at++] << 8))); break;
                case (byte)'J': stack.Add((long)Int(code, ref at)); break;
                case 0x88 or 0x89: stack.Add(code[at - 1] == 0x88); break;
                case (byte)'X': stack.Add(Text(code, Int(code, ref at), ref at)); break;
                case (byte)'c': stack.Add($"{Line(code, ref at)}.{Line(code, ref at)}"); break;
                case (byte)'Q': break;
                case (byte)'t': stack.Add(Since(stack).ToArray()); break;
                case 0x85 or 0x86 or 0x87: stack.Add(Take(stack, code[at - 1] - 0x84)); break;
                case (byte)'R': Call(stack); break;
                case (byte)'u': ((List<object>)Below(stack, out List<object> items)).AddRange(items); break;
                case (byte)'s': object[] pair = Take(stack, 2); ((List<object>)stack[^1]).AddRange(pair); break;
                case (byte)'b': stack.RemoveAt(stack.Count - 1); break;
                case (byte)'.': return stack[^1];
                default: throw new InvalidDataException($"pickle opcode {code[at - 1]:X2} at {at - 1}");
            }
        }
    }

    private static void Call(List<object> stack)
    {
        object[] call = Take(stack, 2);
        stack.Add((string)call[0] switch
        {
            "collections.OrderedDict" => new List<object>(),
            "torch._utils._rebuild_tensor_v2" => call[1],
            { } other => throw new InvalidDataException($"pickle calls {other}"),
        });
    }

    private static object Below(List<object> stack, out List<object> items)
    {
        items = Since(stack);
        return stack[^1];
    }

    private static List<object> Since(List<object> stack)
    {
        int mark = stack.LastIndexOf(Mark);
        List<object> items = stack[(mark + 1)..];
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    private static object[] Take(List<object> stack, int count)
    {
        object[] taken = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return taken;
    }

    private static int Int(byte[] code, ref int at) => BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan((at += 4) - 4));

    private static string Text(byte[] code, int length, ref int at) => Encoding.UTF8.GetString(code, (at += length) - length, length);

    private static string Line(byte[] code, ref int at)
    {
        int end = Array.IndexOf(code, (byte)'\n', at);
        string line = Encoding.ASCII.GetString(code, at, end - at);
        at = end + 1;
        return line;
    }
}
