using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>One band of a file: which rows of which tensor, and where each of its planes goes.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Offsets">The first byte in the file, plane by plane.</param>
/// <param name="Bytes">Bytes of all planes.</param>
internal sealed record BandPlan(Tensor Tensor, RowRange Rows, ImmutableArray<long> Offsets, long Bytes)
{
    /// <summary>Cuts a file's slots into bands.</summary>
    /// <param name="plan">The file.</param>
    /// <param name="bandBytes">How many bytes a band should have; a band has at least one row.</param>
    /// <returns>Bands by rising offset of plane 0.</returns>
    public static IEnumerable<BandPlan> Of(FilePlan plan, int bandBytes)
    {
        ILookup<object, Slot> slots = plan.Slots.ToLookup(object (s) => s.Tensor, ReferenceEqualityComparer.Instance);
        foreach (Slot first in plan.Slots.Where(s => s.Plane == 0))
        {
            Tensor tensor = first.Tensor;
            Slot[] planes = [.. slots[tensor].OrderBy(s => s.Plane)];
            long rowBytes = Math.Max(1, planes.Sum(p => tensor.RowBytes(p.Plane)));

            // Powers of two, so that bands end where heads and experts do.
            int step = (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, (bandBytes / rowBytes) + 1)) / 2;
            step = Math.Max(1, step);
            for (long row = 0; row < tensor.Rows; row += step)
            {
                var rows = new RowRange(row, (int)Math.Min(step, tensor.Rows - row));
                yield return new BandPlan(tensor, rows, [.. planes.Select(p => p.Offset + tensor.PlaneBytes(p.Plane, row))], rowBytes * rows.Count);
            }
        }
    }
}
