using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;

namespace CheckpointBuild.Stages;

/// <summary>Puts an adapter into a base checkpoint: low-rank changes are added, tensors that were trained as a whole take the base's place. No tensor data is read.</summary>
public static class MergeAdapter
{
    /// <summary>Merges.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="options">Weight, dtypes and rounding.</param>
    /// <returns>The merged checkpoint, with what was noticed.</returns>
    /// <exception cref="CheckpointException">CKPT2264 to CKPT2267 and CKPT2369 when any part of the adapter does not fit the base.</exception>
    public static Checkpoint Apply(Checkpoint checkpoint, Adapter adapter, MergeOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(options);
        var sites = new AdapterSites(checkpoint.Config, adapter.Namings(checkpoint.Family));
        CheckModules(checkpoint, adapter, sites);
        CheckTargets(adapter, sites);
        CheckWholes(adapter, sites);

        var merge = new MergedTensors(checkpoint, adapter, sites, options);
        foreach (AdapterReplacement replacement in adapter.Replacements.Where(r => r.IsBase))
        {
            merge.ReplaceBase(replacement);
        }

        // Of a tied pair the embedding's change comes first.
        foreach (LowRankPair pair in adapter.Pairs.OrderByDescending(p => p.IsEmbedding))
        {
            merge.Add(pair);
        }

        foreach (AdapterReplacement replacement in adapter.Replacements.Where(r => !r.IsBase))
        {
            merge.Replace(replacement);
        }

        foreach (AdapterTokenRows rows in adapter.TokenRows)
        {
            merge.Replace(rows);
        }

        return merge.Finish();
    }

    private static void CheckModules(Checkpoint checkpoint, Adapter adapter, AdapterSites sites)
    {
        string[] strangers =
        [
            .. adapter.Pairs.Where(p => sites.Matrix(p.Module) is null).Select(p => p.Module),
            .. adapter.Pairs.Where(p => p.Bias is not null && sites.Matrix(p.Module) is not null && sites.Bias(p.Module) is null).Select(p => p.Module + ".bias"),
            .. adapter.Replacements.Where(r => sites.Find(r.Name) is null).Select(r => r.Name),
            .. adapter.TokenRows.Where(t => sites.Matrix(t.Module) is null).Select(t => t.Module),
        ];
        if (strangers.Length > 0)
        {
            throw Errors.AdapterNotOfBase(adapter.Path, checkpoint.Name, strangers);
        }
    }

    // A module that the configuration asks for and the file lacks was lost on the way; a configuration that asks for nothing belongs to another model.
    private static void CheckTargets(Adapter adapter, AdapterSites sites)
    {
        if (adapter.Targets is not { } targets)
        {
            return;
        }

        HashSet<string> there = [.. adapter.Pairs.Select(p => p.Module)];
        string[] wanted = [.. sites.Modules(there).Where(m => targets(m.Module, m.Kind)).Select(m => m.Module)];
        string[] missing = [.. wanted.Where(m => !there.Contains(m))];
        if (missing.Length > 0 || (wanted.Length == 0 && !there.Any(m => targets(m, RoleKind.Query))))
        {
            throw Errors.AdapterTargetsUnmet(adapter.Path, missing);
        }
    }

    private static void CheckWholes(Adapter adapter, AdapterSites sites)
    {
        if (adapter.Wholes is not { } wholes)
        {
            return;
        }

        string[] missing = [.. sites.Named().Where(m => wholes(m) && !adapter.Replacements.Any(r => r.Name.StartsWith(m + ".", StringComparison.Ordinal)))];
        if (missing.Length > 0)
        {
            throw Errors.AdapterWholesUnmet(adapter.Path, missing);
        }
    }
}
