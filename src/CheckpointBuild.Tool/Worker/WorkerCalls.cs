using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace CheckpointBuild.Tool.Worker;

/// <summary>What comes in on the lifeline: <c>cancel</c> ends the request that was asked last; <c>request</c>, a folder and a file between tabs ask for one more; its end ends everything.</summary>
internal sealed class WorkerCalls : IDisposable
{
    // After this the process ends by itself, whatever still runs: whoever started it is gone.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly Channel<WorkerCall> _calls = Channel.CreateUnbounded<WorkerCall>();
    private readonly CancellationToken _cancellation;
    private readonly bool _stays;
    private readonly TaskCompletionSource _served = new();
    private WorkerCall _last;

    /// <summary>Begins to listen.</summary>
    /// <param name="input">The lifeline.</param>
    /// <param name="first">The first request file.</param>
    /// <param name="stays">Whether more may be asked.</param>
    /// <param name="cancellation">Ends everything.</param>
    public WorkerCalls(TextReader input, string first, bool stays, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _stays = stays;
        _last = Ask(null, first);
        if (!stays)
        {
            _calls.Writer.Complete();
        }

        _ = Task.Run(() => Listen(input), CancellationToken.None);
    }

    /// <summary>The requests in their order, until the lifeline ends.</summary>
    /// <returns>Each with its own end.</returns>
    public IAsyncEnumerable<WorkerCall> All() => _calls.Reader.ReadAllAsync(_cancellation);

    /// <summary>Says that all is served: the process may end in order.</summary>
    public void Dispose() => _served.TrySetResult();

    private void Listen(TextReader input)
    {
        while (input.ReadLine() is { } line)
        {
            if (line == "cancel")
            {
                Cancel();
            }
            else if (_stays && line.Split('\t') is ["request", var folder, var file])
            {
                _last = Ask(folder, file);
            }
        }

        Cancel();
        _calls.Writer.TryComplete();
        if (!_served.Task.Wait(Grace))
        {
            Environment.Exit(Program.Cancelled);
        }
    }

    private WorkerCall Ask(string? folder, string file)
    {
        var call = new WorkerCall(folder, file, CancellationTokenSource.CreateLinkedTokenSource(_cancellation));
        _calls.Writer.TryWrite(call);
        return call;
    }

    private void Cancel()
    {
        try
        {
            _last.Stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was served already.
        }
    }
}
