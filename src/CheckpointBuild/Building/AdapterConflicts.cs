using System;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models.Adapters;

namespace CheckpointBuild.Building;

/// <summary>What several adapters cannot do at once: changes add up, whole tensors do not.</summary>
internal static class AdapterConflicts
{
    /// <summary>Refuses an adapter that replaces what an earlier one replaces or changes.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="earlier">Those that are merged before it.</param>
    /// <exception cref="CheckpointException">CKPT2269 naming the tensor.</exception>
    public static void Refuse(Adapter adapter, ReadOnlySpan<Adapter> earlier)
    {
        foreach (Adapter other in earlier)
        {
            if (adapter.Replacements.FirstOrDefault(r => other.Replacements.Any(o => o.Name == r.Name) || other.Pairs.Any(p => r.Name == p.Module + ".weight")) is { } both)
            {
                throw Errors.AdaptersDisagree(adapter.Path, both.Name, other.Path);
            }
        }
    }
}
