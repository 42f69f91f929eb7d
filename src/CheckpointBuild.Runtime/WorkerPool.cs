using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace CheckpointBuild.Runtime;

/// <summary>A few threads that share the bands of one operation at a time, and take no memory for it. The caller is one of them; the others spin for a moment after each operation and then sleep.</summary>
/// <remarks>
/// One 64-bit ticket holds all that threads agree on: the upper half numbers the operation, the lower half counts the bands that are left. Taking a band is one decrement, so a thread that comes late to an
/// operation finds no band, or a band of the next one, and never delays anybody. An operation is over when all of its bands are done, whoever slept meanwhile.
/// </remarks>
internal sealed class WorkerPool : IDisposable
{
    // The lower half starts this far above zero, so that late decrements never borrow from the upper half.
    private const int Floor = 1 << 16;
    private const int SpinsBeforeSleep = 400;

    private readonly Thread[] _threads;
    private readonly object _door = new();
    private IBandedWork? _work;
    private int _bands;
    private int _bandsDone;
    private long _ticket = Floor;
    private int _sleeping;
    private bool _stopping;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts the threads.</summary>
    /// <param name="threadCount">How many threads work, the caller included.</param>
    public WorkerPool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threadCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threadCount, Floor / 2);
        ThreadCount = threadCount;
        _threads = new Thread[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => WorkUntilStopped(worker)) { IsBackground = true, Name = $"CheckpointBuild worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many threads work, the caller included.</summary>
    public int ThreadCount { get; }

    /// <summary>Runs all bands of an operation and returns when they are done. Only one thread may call this at a time.</summary>
    /// <param name="work">The operation.</param>
    public void Run(IBandedWork work)
    {
        int bands = work.BandCount;
        if (bands <= 1 || _threads.Length == 0)
        {
            for (int band = 0; band < bands; band++)
            {
                work.RunBand(band, 0);
            }

            return;
        }

        _work = work;
        _bands = bands;
        Volatile.Write(ref _bandsDone, 0);
        long operation = (_ticket >> 32) + 1;
        Interlocked.Exchange(ref _ticket, (operation << 32) + Floor + bands);
        if (Volatile.Read(ref _sleeping) > 0)
        {
            WakeAll();
        }

        TakeBands(0);
        WaitForOthers(bands);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true);
        WakeAll();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void TakeBands(int worker)
    {
        while (true)
        {
            int left = (int)(uint)Interlocked.Decrement(ref _ticket) - Floor;
            if (left < 0)
            {
                return;
            }

            // The operation cannot end before this band is done, so the fields below are its own.
            try
            {
                _work!.RunBand(_bands - 1 - left, worker);
            }
#pragma warning disable CA1031 // Whatever a band throws is thrown again on the calling thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }

            Interlocked.Increment(ref _bandsDone);
        }
    }

    private void WaitForOthers(int bands)
    {
        var wait = default(SpinWait);
        while (Volatile.Read(ref _bandsDone) < bands)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        _work = null;
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            failure.Throw();
        }
    }

    private void WorkUntilStopped(int worker)
    {
        long seen = 0;
        while (WaitForOperation(ref seen))
        {
            TakeBands(worker);
        }
    }

    // True when there is an operation that was not seen before, false when the pool stops.
    private bool WaitForOperation(ref long seen)
    {
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (IsNew(ref seen))
            {
                return !Volatile.Read(ref _stopping);
            }

            Thread.SpinWait(8);
        }

        lock (_door)
        {
            // Announced before looking again: whoever starts an operation writes the ticket first and looks for sleepers second, so one of the two sees the other.
            Interlocked.Increment(ref _sleeping);
            while (!Volatile.Read(ref _stopping) && !IsNew(ref seen))
            {
                Monitor.Wait(_door);
            }

            Interlocked.Decrement(ref _sleeping);
        }

        return !Volatile.Read(ref _stopping);
    }

    private bool IsNew(ref long seen)
    {
        long operation = Volatile.Read(ref _ticket) >> 32;
        bool isNew = operation != seen;
        seen = operation;
        return isNew;
    }

    private void WakeAll()
    {
        lock (_door)
        {
            Monitor.PulseAll(_door);
        }
    }
}
