using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.EngineStandIn;

/// <summary>Reads a safetensors file's header and lets nothing pass that the format does not allow: gaps, overlaps, wrong sizes, bytes behind the last tensor.</summary>
internal static class RankFile
{
    /// <summary>Reads a header.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors in the order of their bytes.</returns>
    public static IReadOnlyList<RankTensor> Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
        Refuse(path, headerLength <= 0 || headerLength % 8 != 0 || headerLength > file.Length - 8, "its header's length");
        byte[] header = new byte[headerLength];
        file.ReadExactly(header);
        using JsonDocument json = JsonDocument.Parse(header);
        var tensors = new List<(RankTensor Tensor, long Start, long End)>();
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            string dtype = entry.Value.GetProperty("dtype").GetString()!;
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
            long[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64())];
            Refuse(path, offsets[1] - offsets[0] != shape.Aggregate(1L, (a, b) => a * b) * Bytes(dtype), $"the size of {entry.Name}");
            tensors.Add((new RankTensor(entry.Name, dtype, string.Join(',', shape)), offsets[0], offsets[1]));
        }

        long at = 0;
        foreach ((RankTensor tensor, long start, long end) in tensors)
        {
            Refuse(path, start != at, $"the place of {tensor.Name}");
            at = end;
        }

        Refuse(path, 8 + headerLength + at != file.Length, "its end");
        return [.. tensors.Select(t => t.Tensor)];
    }

    private static int Bytes(string dtype) => dtype switch { "F32" or "I32" => 4, "F16" or "BF16" => 2, "I8" or "U8" or "F8_E4M3" => 1, _ => throw new InvalidDataException($"dtype {dtype}") };

    private static void Refuse(string path, bool isWrong, string what)
    {
        if (isWrong)
        {
            throw new InvalidDataException($"{path}: {what} is wrong");
        }
    }
}
