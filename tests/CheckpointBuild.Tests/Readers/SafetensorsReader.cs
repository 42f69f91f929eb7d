using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Readers;

/// <summary>A plain reader of whole safetensors files, written from the format's definition alone, so that our writer is not judged by our reader.</summary>
internal static class SafetensorsReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors in the order of their bytes.</returns>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static IReadOnlyList<SafetensorsTensor> Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < 8)
        {
            throw new InvalidDataException($"{path}: {bytes.Length} bytes");
        }

        int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        int data = 8 + length;
        var tensors = new List<(long Start, SafetensorsTensor Tensor)>();
        foreach (JsonProperty entry in JsonElement.Parse(bytes.AsSpan(8, length)).EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            long[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64())];
            tensors.Add((offsets[0], new SafetensorsTensor(
                entry.Name,
                entry.Value.GetProperty("dtype").GetString()!,
                [.. entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())],
                bytes[checked((int)(data + offsets[0]))..checked((int)(data + offsets[1]))])));
        }

        return [.. tensors.OrderBy(t => t.Start).Select(t => t.Tensor)];
    }
}
