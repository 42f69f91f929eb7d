using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.DTypes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>Models whose weights follow from a formula, in shapes that doc-llama has not: experts, widths that fit no block, one matrix for queries, keys and values.</summary>
public sealed class SyntheticTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/quantize");

    public static TheoryData<string> Cases => Topic.Cases(topic =>
        topic.Files("synthetic-*.json").SelectMany(l => Runs(topic, l).Select(r => $"{l}: {r.Name}")).DefaultIfEmpty(NoModel));

    private const string NoModel = "no synthetic model";

    [Theory]
    [MemberData(nameof(Cases))]
    public void Quantizer_gives_the_reference_s_types_and_bytes(string name)
    {
        if (Topic.SaysAbsent(name) || name == NoModel)
        {
            return;
        }

        string listingName = name[..name.IndexOf(':', StringComparison.Ordinal)];
        QuantizeRun run = Runs(Topic, listingName).Single(r => $"{listingName}: {r.Name}" == name);
        JsonElement listing = Topic.ReadJson(listingName);
        ImportanceMatrix? matrix = run.Options.Contains("--imatrix") ? Matrix(listingName) : null;
        var quantizer = new GgufQuantizer(GgufFileType.Find(run.Type)!, new GgufMixOptions { Importance = matrix }, OverflowRule.Refuse, followsReference: false);
        TensorFile source = Source(listing);
        if (run.IsRefused)
        {
            Assert.Throws<CheckpointException>(() => quantizer.Quantize("synthetic", source));
            return;
        }

        TensorFile file = quantizer.Quantize("synthetic", source);
        Assert.Equal(listing.GetProperty("tensor_order").Deserialize<string[]>()!, file.Tensors.Select(t => t.Name));
        Assert.Equal(run.Types, file.Tensors.Select(t => t.DType.Name));
        Assert.Equal(run.Hashes, file.Tensors.Select(t => Hash.Of(BytesOf(t))[..32]));
    }

    private static IEnumerable<QuantizeRun> Runs(GoldenTopic topic, string listing) => topic.ReadJson(listing).GetProperty("runs").EnumerateArray().Select(r => new QuantizeRun(r))
        .Where(r => r.IsKnown && (!r.Options.Contains("--imatrix") || topic.Has(MatrixName(listing))));

    private static string MatrixName(string listing) => listing.Replace(".json", ".imatrix.gguf", StringComparison.Ordinal);

    private static ImportanceMatrix Matrix(string listing)
    {
        using ImportanceMatrixFile file = ImportanceMatrixFile.Open(Topic.Reach(MatrixName(listing)));
        return file.Matrix;
    }

    private static TensorFile Source(JsonElement listing)
    {
        var metadata = new Metadata();
        foreach (JsonElement pair in listing.GetProperty("kv").EnumerateArray().Where(p => p.TryGetProperty("value", out _)))
        {
            JsonElement value = pair.GetProperty("value");
            metadata.Add(pair.GetProperty("key").GetString()!, pair.GetProperty("type").GetString() switch
            {
                "u32" => value.GetUInt32(),
                "f32" => value.GetSingle(),
                "bool" => value.GetBoolean(),
                _ => value.GetString()!,
            });
        }

        JsonElement[] tensors = [.. listing.GetProperty("source_tensors").EnumerateArray()];
        return new TensorFile(new TensorTable(tensors.Select((t, number) =>
        {
            string name = t[0].GetString()!;
            DType dtype = DType.All.Single(d => d.Name == t[1].GetString());
            var shape = new Shape([.. t[2].Deserialize<long[]>()!.Reverse()]);
            byte[] bytes = FormulaWeights.Of(number, name, dtype, shape);
            Assert.StartsWith(t[3].GetString()!, Hash.Of(bytes), StringComparison.Ordinal);
            return new Stored(name, dtype, shape, new ArraySource(bytes), 0);
        })), metadata);
    }

    private static byte[] BytesOf(Tensor tensor)
    {
        using var workspace = new Workspace();
        using Band band = tensor.ReadBand(new RowRange(0, (int)tensor.Rows), workspace);
        return band.Codes.ToArray();
    }
}
