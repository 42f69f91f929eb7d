using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>An adapter as llama.cpp loads it beside a model (<c>--lora</c>): a GGUF file of its own with both factors of each matrix, as <c>convert_lora_to_gguf.py</c> writes it.</summary>
/// <remarks>llama.cpp scales by <c>adapter.lora.alpha</c> over the rank of each pair. A rank-stabilized adapter's alpha is therefore written times the root of its rank, where the reference's converter writes it as it is.</remarks>
internal static class GgufAdapter
{
    private const string Target = "a GGUF adapter";
    private const string Instead = "Merge it into the weights instead.";

    /// <summary>Lays out the file.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter, which fits the base.</param>
    /// <param name="path">Where the file will lie.</param>
    /// <param name="type">The dtype of the factors whose rows fit it, others are float16; null = each keeps its own.</param>
    /// <param name="warn">Receives what was noticed.</param>
    /// <returns>The file.</returns>
    /// <exception cref="CheckpointException">CKPT2012 when llama.cpp has no form for a part of the adapter.</exception>
    public static FilePlan Plan(Checkpoint checkpoint, Adapter adapter, string path, DType? type, Action<Diagnostic> warn)
    {
        string architecture = checkpoint.Family.GgufArchitecture ?? throw Errors.CannotRun(checkpoint.Family.Architecture, "GGUF", "llama.cpp has no such architecture.");
        adapter = AdapterTranslation.WithoutCopies(checkpoint, adapter);
        RefuseOtherParts(adapter);
        Metadata metadata = new Metadata().Add("general.architecture", architecture).Add("general.type", "adapter").Add("adapter.type", "lora");
        GgufGeneralKeys.Write(metadata, ModelCard.Read(adapter.Card, warn), [adapter.Name], null);
        metadata.Add("adapter.lora.alpha", Alpha(adapter)).Add("general.quantization_version", 2u);

        var sites = new AdapterSites(checkpoint.Config, adapter.Namings(checkpoint.Family));
        var target = new AdapterSites(checkpoint.Config, [GgufArchitecture.NamingOf(checkpoint.Family)]);
        IEnumerable<Tensor> tensors = adapter.Pairs.SelectMany(pair => Factors(adapter, pair, sites.Matrix(pair.Module)!, target)).Select(t => Converted.Of(t, type is null ? Kept(t.DType) : type.Fits(t.Shape.Columns) ? type : DType.F16));
        return Format.Gguf.Plan(path, new TensorFile(new TensorTable(tensors), metadata));
    }

    // What llama.cpp's file holds as it is; any other float is float32 there, as in its own converter.
    private static DType Kept(DType type) => type == DType.F16 || type == DType.BF16 ? type : DType.F32;

    private static Tensor[] Factors(Adapter adapter, LowRankPair pair, StoredTensor site, AdapterSites target)
    {
        StoredTensor place = target.SameRoles(site) is { IsInOut: false } same ? same : throw Errors.CannotRun($"{adapter.Name}: the change of {pair.Module}", Target, Instead);
        return [Renamed.Of(pair.A, place.Name + ".lora_a"), Renamed.Of(place.StoredRows(site.CanonicalRows(pair.B)), place.Name + ".lora_b")];
    }

    private static void RefuseOtherParts(Adapter adapter)
    {
        string? other = adapter.Pairs.Any(p => p.Magnitude is not null) ? "magnitudes (DoRA)"
            : adapter.Pairs.Any(p => p.Bias is not null) ? "biases of factors"
            : adapter.Pairs.Any(p => p.IsEmbedding) ? "a change of the embedding"
            : adapter.Replacements.Length > 0 || adapter.TokenRows.Length > 0 ? "tensors that were trained as a whole"
            : null;
        if (other is not null)
        {
            throw Errors.CannotRun($"{adapter.Name}: {other}", Target, Instead);
        }
    }

    // What llama.cpp divides by each pair's rank.
    private static float Alpha(Adapter adapter)
    {
        float[] alphas = [.. adapter.Pairs.Select(p => (float)(p.Alpha * p.A.Rows / p.Divisor)).Distinct()];
        return alphas.Length == 1 ? alphas[0] : throw Errors.CannotRun($"{adapter.Name}: alphas that differ from module to module ({string.Join(", ", alphas.Take(3))})", Target, Instead);
    }
}
