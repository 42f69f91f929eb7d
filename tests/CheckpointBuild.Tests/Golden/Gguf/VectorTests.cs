using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using CheckpointBuild.DTypes;
using CheckpointBuild.DTypes.Ggml;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>Bytes that ggml's own quantizers wrote, with and without importance, for every dtype that we have, on rows chosen to be hard.</summary>
public sealed class VectorTests
{
    private const string Listing = "vectors.json";

    private static readonly GoldenTopic Common = GoldenRoot.Topic("gguf/vectors");
    private static readonly GoldenTopic Rare = GoldenRoot.Topic("gguf/vectors-extra");

    public static TheoryData<string> CommonCases => Common.Cases(topic => Runs(topic).Select(r => $"{r.Type} {r.Run}"));

    public static TheoryData<string> RareCases => Rare.Cases(topic => Runs(topic).Select(r => $"{r.Type} {r.Run}"));

    public static TheoryData<string> DecodedCases => Common.Cases(topic => Runs(topic).Where(r => DecodedRun(topic, r.Type) == r.Run).Select(r => $"{r.Type} {r.Run}"));

    [Theory]
    [MemberData(nameof(CommonCases))]
    public void Encode_gives_the_reference_s_bytes(string name) => EncodeGivesTheReferencesBytes(Common, name);

    [Theory]
    [MemberData(nameof(RareCases))]
    public void Encode_of_rare_rows_gives_the_reference_s_bytes(string name) => EncodeGivesTheReferencesBytes(Rare, name);

    [Theory]
    [MemberData(nameof(DecodedCases))]
    public void Decode_gives_the_reference_s_numbers(string name)
    {
        if (Common.SaysAbsent(name))
        {
            return;
        }

        VectorRun run = Find(Common, name);
        byte[] codes = Common.ReadBytes(run.File);
        JsonElement hashes = TypeOf(Common, run.Type).GetProperty("dequantised").GetProperty("row_sha256");
        Findings.None(run.Parts.SelectMany((part, p) => Enumerable.Range(0, part.Kinds.Length).Select(r =>
        {
            float[] values = new float[part.Width];
            run.DType.Decode(new Planes(codes.AsSpan(part.Offset + (r * part.RowBytes), part.RowBytes)), part.Width, values);
            string hash = Hash.Of(MemoryMarshal.AsBytes<float>(values));
            return hash.StartsWith(hashes[p][r].GetString()!, StringComparison.Ordinal) ? null : $"width {part.Width}, row {r} ({part.Kinds[r]}): other numbers than the reference's";
        })));
    }

    [Fact]
    public void Every_type_of_the_reference_has_a_dtype()
    {
        if (!Common.SaysAbsent())
        {
            Findings.None(Types(Common).Where(t => DTypeOf(t) is null).Select(t => t.GetProperty("type").GetString()));
        }
    }

    private static void EncodeGivesTheReferencesBytes(GoldenTopic topic, string name)
    {
        if (topic.SaysAbsent(name))
        {
            return;
        }

        VectorRun run = Find(topic, name);
        byte[] expected = topic.ReadBytes(run.File);
        Findings.None(run.Parts.SelectMany(part =>
        {
            byte[] bytes = DTypeRows.Encode(run.DType, part.Input, part.Importance, part.Width).Bytes;
            return bytes.Chunk(part.RowBytes)
                .Select((row, r) => (Row: r, Equal: row.AsSpan().SequenceEqual(expected.AsSpan(part.Offset + (r * part.RowBytes), part.RowBytes))))
                .Where(row => !row.Equal).Select(row => $"width {part.Width}, row {row.Row} ({part.Kinds[row.Row]}): other bytes than the reference's");
        }));
    }

    private static IEnumerable<VectorRun> Runs(GoldenTopic topic) => Types(topic).Where(t => DTypeOf(t) is not null).SelectMany(type => new[] { "plain", "importance" }
        .Where(run => type.TryGetProperty(run, out JsonElement listed) && listed.ValueKind == JsonValueKind.Object)
        .Select(run => new VectorRun(topic, type, DTypeOf(type)!, run)));

    private static VectorRun Find(GoldenTopic topic, string name) => Runs(topic).Single(r => $"{r.Type} {r.Run}" == name);

    private static string DecodedRun(GoldenTopic topic, string type) => TypeOf(topic, type).TryGetProperty("dequantised", out JsonElement decoded) ? decoded.GetProperty("of").GetString()! : "";

    private static JsonElement TypeOf(GoldenTopic topic, string name) => Types(topic).Single(t => t.GetProperty("type").GetString() == name);

    private static JsonElement[] Types(GoldenTopic topic) => [.. topic.ReadJson(Listing).GetProperty("types").EnumerateArray()];

    // The reference's own form, where ours is right instead.
    private static DType? DTypeOf(JsonElement type) => type.GetProperty("id").GetInt32() == IQ3_S.Displaced.GgmlType ? IQ3_S.Displaced : DType.All.FirstOrDefault(d => d.HasValues && d.GgmlType == type.GetProperty("id").GetInt32());
}
