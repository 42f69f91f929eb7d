using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Acquisition;

/// <summary>The contents of one model that are read while they arrive: one queue of ranges for all of them, what somebody waits for first, the rest in the order in which it will be read.</summary>
/// <remarks>The first failure ends everything: whoever waits gets it.</remarks>
internal sealed class Arrivals : IDisposable
{
    private const int BufferBytes = 1 << 18;

    // Small beside what one connection asks for otherwise: the connections bring what is read next, not each its own far part.
    private const int BlocksPerRange = 8;
    private readonly PriorityQueue<(ArrivingContent Content, ByteRange Range), (long Turn, long Start)> _queue = new();
    private readonly SemaphoreSlim _queued = new(0);
    private readonly CancellationTokenSource _stop;
    private readonly List<ArrivingContent> _contents = [];
    private readonly List<Task> _running = [];
    private readonly HubSettings _settings;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins with nothing.</summary>
    /// <param name="settings">How many connections there are, and how much each asks for.</param>
    /// <param name="progress">Receives bytes that are there.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    public Arrivals(HubSettings settings, Action<long> progress, CancellationToken cancellation)
    {
        _settings = settings;
        Progress = progress;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Stopped = _stop.Token;
    }

    /// <summary>Receives bytes that are there.</summary>
    public Action<long> Progress { get; }

    /// <summary>Bytes that are asked for at once.</summary>
    public long BlockBytes => Math.Max(1, _settings.RangeBytes / BlocksPerRange);

    /// <summary>Ends with the work, by a failure too.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>Adds a content; nothing of it is asked for yet.</summary>
    /// <param name="content">The content.</param>
    /// <returns>The same.</returns>
    public ArrivingContent Add(ArrivingContent content)
    {
        lock (_contents)
        {
            _contents.Add(content);
        }

        return content;
    }

    /// <summary>Opens the contents and brings what is wanted.</summary>
    public void Start()
    {
        _running.Add(Task.Run(OpenAsync, CancellationToken.None));
        _running.AddRange(Enumerable.Range(0, _settings.Connections).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
    }

    /// <summary>Has a range brought, unless it is there or on its way.</summary>
    /// <param name="content">Whose.</param>
    /// <param name="range">The range.</param>
    /// <param name="turn">When it is needed, beside others.</param>
    public void Enqueue(ArrivingContent content, ByteRange range, long turn)
    {
        lock (_queue)
        {
            _queue.Enqueue((content, range), (turn, range.Start));
        }

        _queued.Release();
    }

    /// <summary>Ends everything by what went wrong first.</summary>
    /// <param name="e">What went wrong.</param>
    public void Fail(Exception e)
    {
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        _stop.Cancel();
    }

    /// <summary>Waits for something that a failure ends, on a thread that reads.</summary>
    /// <param name="task">What is waited for.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public void Wait(Task task, CancellationToken cancellation = default)
    {
        try
        {
            task.WaitAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_failure is not null)
        {
            _failure.Throw();
        }
    }

    /// <summary>Ends the work and closes the contents; what arrived stays for the next time.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task.WhenAll(_running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Wait();
        _contents.ForEach(c => c.Close());
        _queued.Dispose();
        _stop.Dispose();
    }

    // In one order in every process, so that two that want the same contents never hold what the other waits for.
    private async Task OpenAsync()
    {
        try
        {
            foreach (ArrivingContent content in _contents.OrderBy(c => c.Sha256, StringComparer.Ordinal))
            {
                await content.OpenAsync();
            }
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
    }

    private async Task WorkAsync()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
        try
        {
            while (true)
            {
                await _queued.WaitAsync(Stopped);
                (ArrivingContent content, ByteRange range) = Next();
                await content.BringAsync(range, buffer);
            }
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
    }

    private (ArrivingContent Content, ByteRange Range) Next()
    {
        lock (_queue)
        {
            return _queue.Dequeue();
        }
    }
}
