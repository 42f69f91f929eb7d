using System;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Tool.Worker;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt worker --request FILE</c>: what the package's tasks start. Speaks the line protocol on standard output; standard input is the lifeline.</summary>
internal sealed class WorkerVerb() : Verb("worker")
{
    // After this the process ends by itself, whatever still runs: whoever started it is gone.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var request = new Option<string>("--request") { Description = "The request file.", Required = true };
        var command = new Command(Name, "Serves the package's tasks.") { request };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _ = Task.Run(() => WatchLifeline(streams, stop), CancellationToken.None);
            return await Task.Run(() => new WorkerSession(new LineProtocol(streams.Output)).Run(parsed.GetRequiredValue(request), stop.Token), CancellationToken.None);
        });
        return command;
    }

    private static void WatchLifeline(ToolStreams streams, CancellationTokenSource stop)
    {
        string? line;
        do
        {
            line = streams.Input.ReadLine();
        }
        while (line is not (null or "cancel"));

        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        if (line is null)
        {
            using var timer = new Timer(_ => Environment.Exit(Program.Cancelled), null, Grace, Timeout.InfiniteTimeSpan);
            Thread.Sleep(Timeout.InfiniteTimeSpan);
        }
    }
}
