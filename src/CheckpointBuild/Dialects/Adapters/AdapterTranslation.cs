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
        adapter = WithoutCopies(checkpoint, adapter);
        if (adapter.Replacements.Length > 0 || adapter.TokenRows.Length > 0 || adapter.Pairs.Any(p => p.IsEmbedding || p.Bias is not null))
        {
            throw Errors.CannotRun($"{adapter.Name}: what is more than a low-rank change of a matrix", target, "Merge it into the weights instead.");
        }

        var from = new AdapterSites(checkpoint.Config, adapter.Namings(checkpoint.Family));
        var to = new AdapterSites(checkpoint.Config, namings);
        return adapter.Pairs.Select(pair => Translated(adapter, pair, from, to, target));
    }

    /// <summary>Leaves out the matrices of the base that PEFT stores beside a change of the head: as long as they are the base's, nothing is lost.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter, which fits the base.</param>
    /// <returns>The adapter without them.</returns>
    public static Adapter WithoutCopies(Checkpoint checkpoint, Adapter adapter)
    {
        if (!adapter.Replacements.Any(r => r.IsBase))
        {
            return adapter;
        }

        var sites = new AdapterSites(checkpoint.Config, adapter.Namings(checkpoint.Family));
        return adapter with { Replacements = [.. adapter.Replacements.Where(r => !r.IsBase || !IsCopy(checkpoint, sites.Find(r.Name), r.Tensor))] };
    }

    // As a merge takes it: rounded to the base's type.
    private static bool IsCopy(Checkpoint checkpoint, StoredTensor? site, Tensor stored)
    {
        if (site is null || !site.Roles.All(role => checkpoint.Tensors.TryGet(role, out _)))
        {
            return false;
        }

        Tensor own = site.Join(role => checkpoint.Tensors[role]);
        return TensorComparison.AreEqual(own, stored.DType == own.DType ? stored : Converted.Of(stored, own.DType));
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
