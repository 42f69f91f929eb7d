using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building;

/// <summary>Those of a build's inputs that are still on their way: they are brought in the order in which the plan reads them, and nothing is published before they are verified.</summary>
/// <param name="sources">The files that arrive.</param>
internal sealed class ArrivingInputs(ImmutableArray<ArrivingSource> sources)
{
    /// <summary>Says what a plan reads, and has everything brought.</summary>
    /// <param name="plan">The plan.</param>
    public void Expect(DirectoryPlan plan)
    {
        if (sources.IsEmpty)
        {
            return;
        }

        var reads = new List<(ByteSource Source, ExpectedRead Read)>();
        long turn = 0;
        foreach (Slot slot in plan.Files.SelectMany(f => f.Slots).Where(s => s.Plane == 0))
        {
            AddReads(slot.Tensor, turn++, reads);
        }

        ILookup<ByteSource, ExpectedRead> bySource = reads.ToLookup(r => r.Source, r => r.Read);
        foreach (ArrivingSource source in sources)
        {
            source.Expect(bySource[source]);
        }
    }

    /// <summary>Waits until all of them are there and hash to what was stated.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    public void Complete(CancellationToken cancellation)
    {
        foreach (ArrivingSource source in sources)
        {
            source.Complete(cancellation);
        }
    }

    private static void AddReads(Tensor tensor, long turn, List<(ByteSource Source, ExpectedRead Read)> reads)
    {
        if ((tensor is StorageView view ? view.Storage : tensor) is Stored stored)
        {
            reads.Add((stored.Source, new ExpectedRead(turn, stored.Offset, stored.ByteCount)));
        }

        foreach (Tensor source in tensor.Sources)
        {
            AddReads(source, turn, reads);
        }
    }
}
