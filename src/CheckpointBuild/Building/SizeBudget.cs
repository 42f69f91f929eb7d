using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>Holds a plan against the size that an engine may have.</summary>
internal static class SizeBudget
{
    private const int Named = 5;

    /// <summary>Refuses an engine that would be too large, before any data is read.</summary>
    /// <param name="name">What is built.</param>
    /// <param name="plan">Its files.</param>
    /// <param name="most">The most bytes of all files together; null = any.</param>
    /// <param name="fitting">Names the largest kind that fits, or null.</param>
    /// <exception cref="CheckpointException">CKPT4071 naming the largest tensors with their dtypes, and the largest kind that fits.</exception>
    public static void Check(string name, DirectoryPlan plan, long? most, Func<long, string?> fitting)
    {
        long size = plan.Files.Sum(f => f.Length);
        if (most is { } limit && size > limit)
        {
            IEnumerable<Tensor> largest = plan.Files.SelectMany(f => f.Slots).Select(s => s.Tensor).Distinct(ReferenceEqualityComparer.Instance).OfType<Tensor>().OrderByDescending(t => t.ByteCount).Take(Named);
            throw Errors.EngineTooLarge(name, size, limit, [.. largest.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name} ({t.DType.LongName}, {t.ByteCount:N0} bytes)"))], fitting(limit));
        }
    }
}
