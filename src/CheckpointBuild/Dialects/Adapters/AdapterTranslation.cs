using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>An adapter's low-rank changes in the names and the order of rows of another ecosystem.</summary>
internal static class AdapterTranslation
{
    /// <summary>Translates.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter, which fits the base.</param>
    /// <param name="namings">The names wanted.</param>
    /// <param name="target">What is written, for messages.</param>
    /// <returns>The pairs in their order.</returns>
    /// <exception cref="CheckpointException">CKPT2012 for what the other ecosystem has no form for.</exception>
    public static IEnumerable<LowRankPair> Of(Checkpoint checkpoint, Adapter adapter, IReadOnlyList<TensorNaming> namings, string target)
    {
        if (adapter.Replacements.Length > 0 || adapter.TokenRows.Length > 0 || adapter.Pairs.Any(p => p.IsEmbedding || p.Bias is not null))
        {
            throw Errors.CannotRun($"{adapter.Name}: what is more than a low-rank change of a matrix", target, "Merge it into the weights instead.");
        }

        var from = new AdapterSites(checkpoint.Config, adapter.Namings(checkpoint.Family));
        var to = new AdapterSites(checkpoint.Config, namings);
        return adapter.Pairs.Select(pair => Translated(adapter, pair, from, to, target));
    }

    private static LowRankPair Translated(Adapter adapter, LowRankPair pair, AdapterSites from, AdapterSites to, string target)
    {
        const string Weight = ".weight";
        StoredTensor site = from.Matrix(pair.Module)!;
        StoredTensor place = to.SameRoles(site) ?? throw Errors.CannotRun($"{adapter.Name}: the change of {pair.Module}, whose rows lie together with others there,", target, "Merge it into the weights instead.");
        return pair with { Module = place.Name[..^Weight.Length], B = Ordered(pair.B), Magnitude = pair.Magnitude is { } lengths ? Reshaped.Of(Ordered(Reshaped.Of(lengths, new Shape(lengths.Shape.ElementCount, 1))), lengths.Shape) : null };

        Tensor Ordered(Tensor rows) => place.StoredRows(site.CanonicalRows(rows));
    }
}
