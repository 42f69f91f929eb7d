using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.Models.Adapters;

namespace CheckpointBuild.Building;

/// <summary>What adapters that are kept beside a product are called there: as they are, with a number where two are called the same.</summary>
internal static class AdapterNames
{
    /// <summary>Names adapters.</summary>
    /// <param name="adapters">In order.</param>
    /// <returns>A name for each; no two are equal on any file system.</returns>
    public static IEnumerable<string> Of(ImmutableArray<Adapter> adapters)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Adapter adapter in adapters)
        {
            string name = adapter.Name;
            for (int i = 2; !taken.Add(name); i++)
            {
                name = $"{adapter.Name}-{i}";
            }

            yield return name;
        }
    }
}
