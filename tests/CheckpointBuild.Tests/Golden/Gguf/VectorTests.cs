using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>Bytes that ggml's own quantizers wrote, for every dtype that we have, on rows chosen to be hard.</summary>
public sealed class VectorTests(ITestOutputHelper output)
{
    private const string Listing = "vectors.json";

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/vectors");

    public static TheoryData<string> Cases => Topic.Cases(Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_gives_the_reference_s_bytes(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        (DType dtype, JsonElement type) = Find(name);
        byte[] expected = Topic.ReadBytes(type.GetProperty("plain").GetProperty("file").GetString()!);
        Findings.None(Parts(type).SelectMany(part =>
        {
            DTypeRows rows = DTypeRows.Encode(dtype, part.Input, part.Width);
            return rows.Bytes.Chunk(part.RowBytes)
                .Select((row, r) => (Row: r, Equal: row.AsSpan().SequenceEqual(expected.AsSpan(part.Offset + (r * part.RowBytes), part.RowBytes))))
                .Where(row => !row.Equal).Select(row => $"width {part.Width}, row {row.Row} ({part.Kinds[row.Row]}): other bytes than the reference's");
        }));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_gives_the_reference_s_numbers(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        (DType dtype, JsonElement type) = Find(name);
        byte[] codes = Topic.ReadBytes(type.GetProperty("plain").GetProperty("file").GetString()!);
        JsonElement hashes = type.GetProperty("dequantised").GetProperty("row_sha256");
        Findings.None(Parts(type).SelectMany((part, p) => Enumerable.Range(0, part.Kinds.Length).Select(r =>
        {
            float[] values = new float[part.Width];
            dtype.Decode(new Planes(codes.AsSpan(part.Offset + (r * part.RowBytes), part.RowBytes)), part.Width, values);
            string hash = Hash.Of(MemoryMarshal.AsBytes<float>(values));
            return hash.StartsWith(hashes[p][r].GetString()!, StringComparison.Ordinal) ? null : $"width {part.Width}, row {r} ({part.Kinds[r]}): other numbers than the reference's";
        })));
    }

    [Fact]
    public void Types_that_wait_for_a_dtype_are_named()
    {
        if (!Topic.SaysAbsent())
        {
            output.WriteLine($"no dtype yet: {string.Join(", ", Types(Topic).Select(t => t.GetProperty("type").GetString()).Except(Names(Topic)))}");
        }
    }

    private static IEnumerable<string> Names(GoldenTopic topic) => Types(topic).Where(t => DTypeOf(t) is not null).Select(t => t.GetProperty("type").GetString()!);

    private static JsonElement[] Types(GoldenTopic topic) => [.. topic.ReadJson(Listing).GetProperty("types").EnumerateArray()];

    private static (DType DType, JsonElement Type) Find(string name)
    {
        JsonElement type = Types(Topic).Single(t => t.GetProperty("type").GetString() == name);
        return (DTypeOf(type)!, type);
    }

    private static DType? DTypeOf(JsonElement type) => DType.All.FirstOrDefault(d => d.HasValues && d.GgmlType == type.GetProperty("id").GetInt32());

    private static IEnumerable<(int Width, int Offset, int RowBytes, float[] Input, string[] Kinds)> Parts(JsonElement type)
    {
        JsonElement[] inputs = [.. Topic.ReadJson(Listing).GetProperty("inputs").EnumerateArray()];
        foreach (JsonElement part in type.GetProperty("plain").GetProperty("parts").EnumerateArray())
        {
            int width = part.GetProperty("width").GetInt32();
            JsonElement input = inputs.Single(i => i.GetProperty("width").GetInt32() == width);
            yield return (
                width,
                part.GetProperty("offset").GetInt32(),
                part.GetProperty("row_bytes").GetInt32(),
                Topic.ReadFloats(input.GetProperty("file").GetString()!),
                input.GetProperty("row_kinds").Deserialize<string[]>()!);
        }
    }
}
