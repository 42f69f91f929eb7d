using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>Fills several files at the same pace: each takes its next band before one takes its next but one. Ranks that need the same rows of a source ask for them at the same time.</summary>
/// <param name="files">The files; tensors that stand at the same place come from the same source.</param>
/// <param name="workers">Threads.</param>
internal sealed class FillTogether(IReadOnlyList<FileFill> files, int workers)
{
    /// <summary>Fills every band.</summary>
    /// <param name="cancellation">Looked at between bands.</param>
    public void Run(CancellationToken cancellation)
    {
        using var workspace = new Workspace();
        foreach (Turn[] run in Runs())
        {
            Fill(run, workspace, cancellation);
            workspace.ReleaseResidents();
        }
    }

    // Tensors that keep whole matrices in memory are filled one by one, so that never more than one tensor's stay there.
    private IEnumerable<Turn[]> Runs()
    {
        var open = new List<Turn>();
        var twins = new TwinTensors(files);
        foreach (FileFill[] group in files.GroupBy(f => string.Join('\n', f.Tensors.Select(t => t.Tensor.Name)), StringComparer.Ordinal).Select(g => g.ToArray()))
        {
            for (int place = 0; place < group[0].Tensors.Length; place++)
            {
                open.AddRange(group.SelectMany(f => twins.Take(f, place, group)));
                FileFill[] there = [.. group.Where(f => !twins.Contains(f, place))];
                bool alone = there.Any(f => f.Tensors[place].Tensor.KeepsResidents);
                if (!alone)
                {
                    open.AddRange(InTurn(there, place));
                    continue;
                }

                if (open.Count > 0)
                {
                    yield return open.ToArray();
                    open.Clear();
                }

                foreach (FileFill file in there)
                {
                    yield return [.. InTurn([file], place)];
                }
            }
        }

        if (open.Count > 0)
        {
            yield return open.ToArray();
        }
    }

    private static IEnumerable<Turn> InTurn(FileFill[] group, int place)
    {
        int most = group.Select(f => f.Tensors[place].Count).DefaultIfEmpty().Max();
        for (int band = 0; band < most; band++)
        {
            foreach (FileFill file in group)
            {
                if (band < file.Tensors[place].Count)
                {
                    yield return new Turn(file, file.Tensors[place].First + band, false);
                }
            }
        }
    }

    private void Fill(Turn[] run, Workspace workspace, CancellationToken cancellation)
    {
        int next = -1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        void Work()
        {
            try
            {
                for (int i = Interlocked.Increment(ref next); i < run.Length; i = Interlocked.Increment(ref next))
                {
                    stop.Token.ThrowIfCancellationRequested();
                    run[i].File.Fill(run[i].Band, run[i].IsEarly, workspace);
                }
            }
            catch
            {
                stop.Cancel();
                foreach (FileFill file in files)
                {
                    file.Abandon();
                }

                throw;
            }
        }

        int threads = Math.Clamp(run.Length, 1, Math.Max(1, workers));
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => Work());
        }
        catch (AggregateException failures)
        {
            // The first real error counts; the other threads were only told to stop.
            ExceptionDispatchInfo.Throw(failures.InnerExceptions.FirstOrDefault(e => e is not OperationCanceledException) ?? failures.InnerExceptions[0]);
        }
    }

    /// <summary>One band's turn.</summary>
    /// <param name="File">The file.</param>
    /// <param name="Band">The band.</param>
    /// <param name="IsEarly">Whether it comes long before those that stand before it in the file.</param>
    internal readonly record struct Turn(FileFill File, int Band, bool IsEarly);
}
