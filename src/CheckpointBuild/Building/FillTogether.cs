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
        foreach ((FileFill File, int Band)[] run in Runs())
        {
            Fill(run, workspace, cancellation);
            workspace.ReleaseResidents();
        }
    }

    // Tensors that keep whole matrices in memory are filled one by one, so that never more than one tensor's stay there.
    private IEnumerable<(FileFill File, int Band)[]> Runs()
    {
        var open = new List<(FileFill File, int Band)>();
        int most = files.Max(f => f.Tensors.Length);
        for (int place = 0; place < most; place++)
        {
            FileFill[] there = [.. files.Where(f => place < f.Tensors.Length)];
            bool alone = there.Any(f => f.Tensors[place].Tensor.KeepsResidents);
            if (alone && open.Count > 0)
            {
                yield return open.ToArray();
                open.Clear();
            }

            if (!alone)
            {
                open.AddRange(InTurn(there, place));
                continue;
            }

            foreach (FileFill file in there)
            {
                yield return [.. InTurn([file], place)];
            }
        }

        if (open.Count > 0)
        {
            yield return open.ToArray();
        }
    }

    private static IEnumerable<(FileFill File, int Band)> InTurn(FileFill[] files, int place)
    {
        int most = files.Max(f => f.Tensors[place].Count);
        for (int band = 0; band < most; band++)
        {
            foreach (FileFill file in files)
            {
                if (band < file.Tensors[place].Count)
                {
                    yield return (file, file.Tensors[place].First + band);
                }
            }
        }
    }

    private void Fill((FileFill File, int Band)[] run, Workspace workspace, CancellationToken cancellation)
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
                    run[i].File.Fill(run[i].Band, workspace);
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
}
