using System;
using System.Diagnostics;
using System.Threading;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>The tool of one node in one build: started by the first task that needs it, asked by all others one after the other, and let go by MSBuild when the build ends.</summary>
/// <remarks>A build of one engine keeps every processor busy, so that two at once would only need twice the memory. Who waits has yielded the node.</remarks>
internal sealed class SharedWorker : IDisposable
{
    private const int PollMilliseconds = 50;

    private static readonly object Gate = new();

    private readonly object _turn = new();
    private WorkerProcess? _process;

    /// <summary>The tool of this node and build.</summary>
    /// <param name="engine">The build; one that keeps nothing for its tasks gives each of them a tool of its own.</param>
    /// <param name="identity">What makes two tools different: the program, and the plug-ins that it has loaded.</param>
    /// <returns>The worker, and whether it ends with the task that asked for it.</returns>
    internal static (SharedWorker Worker, bool IsOwn) Of(IBuildEngine engine, string identity)
    {
        if (engine is not IBuildEngine4 build)
        {
            return (new SharedWorker(), true);
        }

        // Another version of this assembly in the same node has its own class of this name, which this one could not ask.
        string key = typeof(SharedWorker).Assembly.Location + "|" + identity;
        lock (Gate)
        {
            if (build.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is not SharedWorker worker)
            {
                worker = new SharedWorker();
                build.RegisterTaskObject(key, worker, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            }

            return (worker, false);
        }
    }

    /// <summary>Lets the tool serve one request, when it is free.</summary>
    /// <param name="start">How the tool is started with this request, where it does not run yet.</param>
    /// <param name="request">The request file.</param>
    /// <param name="conversation">Hears what the tool says, on this thread.</param>
    /// <param name="cancelled">Ends the request, and the waiting for it.</param>
    /// <returns>The exit code of a tool that ended; null where it still runs or had to be killed.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    internal int? Serve(ProcessStartInfo start, string request, WorkerConversation conversation, CancelSignal cancelled)
    {
        while (!Monitor.TryEnter(_turn, PollMilliseconds))
        {
            if (cancelled.IsSet)
            {
                return null;
            }
        }

        try
        {
            if (_process is { IsRunning: true } running && running.Ask(start.WorkingDirectory, request))
            {
                int? exitCode = Listen(running, conversation, cancelled);

                // A tool that ended between two requests is no fault of the second.
                if (conversation.HasHeard || cancelled.IsSet)
                {
                    return exitCode;
                }
            }

            _process?.Dispose();
            _process = new WorkerProcess(start);
            return Listen(_process, conversation, cancelled);
        }
        finally
        {
            Monitor.Exit(_turn);
        }
    }

    /// <summary>Breaks the tool's lifeline, at which it ends.</summary>
    public void Dispose() => _process?.Dispose();

    private static int? Listen(WorkerProcess process, WorkerConversation conversation, CancelSignal cancelled)
    {
        process.Run(conversation.Receive, () => conversation.Result is not null, cancelled);
        return process.ExitCode;
    }
}
