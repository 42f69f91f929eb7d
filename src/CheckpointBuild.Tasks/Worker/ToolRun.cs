using System.Collections.Generic;
using System.ComponentModel;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>One run of the tool for a task: starts it, listens until it ends, and judges how it ended.</summary>
/// <param name="task">The task.</param>
/// <param name="diagnostics">Its errors and warnings.</param>
/// <param name="cancelled">Ends the run.</param>
internal sealed class ToolRun(Task task, DiagnosticLog diagnostics, CancelSignal cancelled)
{
    /// <summary>How loud the tool is in the build's log.</summary>
    internal MessageLevel Level { get; set; } = MessageLevel.Default;

    /// <summary>Full paths of plug-ins, for the command that replays the run.</summary>
    internal IReadOnlyList<string> Plugins { get; set; } = [];

    /// <summary>What makes two tools different: a node keeps one of each for its build.</summary>
    internal string Identity { get; set; } = string.Empty;

    /// <summary>Runs the tool. The node is yielded meanwhile, so that other projects go on.</summary>
    /// <param name="command">How it is started.</param>
    /// <param name="request">The request file; its folder is where the log goes.</param>
    /// <param name="folder">The folder that relative paths in metadata start from.</param>
    /// <param name="checkpoints">The checkpoints of the request.</param>
    /// <returns>What it said; that it failed is in the log then.</returns>
    internal WorkerConversation Run(ToolCommand command, string request, string folder, IReadOnlyList<CheckpointItem> checkpoints)
    {
        TaskLoggingHelper log = task.Log;
        string name = task.GetType().Name;
        System.Diagnostics.ProcessStartInfo start = command.StartInfo(request, folder);
        log.LogMessage(MessageImportance.Low, "{0} {1}", start.FileName, start.Arguments);
        using WorkerLog file = new(WorkerLog.PathOf(request), start.FileName + " " + start.Arguments);
        foreach (CheckpointItem checkpoint in checkpoints)
        {
            log.LogMessage(MessageImportance.Low, "{0}", CommandLine.Replay(name, checkpoint, Plugins));
            file.Write(CommandLine.Replay(name, checkpoint, Plugins));
        }

        WorkerConversation conversation = new(log, diagnostics, checkpoints, file) { Level = Level };
        try
        {
            Listen(start, request, conversation);
        }
        catch (Win32Exception exception)
        {
            diagnostics.Error(TaskErrors.ToolNotStarted(start.FileName, exception.Message));
        }

        return conversation;
    }

    private void Listen(System.Diagnostics.ProcessStartInfo start, string request, WorkerConversation conversation)
    {
        IBuildEngine3? node = task.BuildEngine as IBuildEngine3;
        (SharedWorker worker, bool isOwn) = SharedWorker.Of(task.BuildEngine, Identity);
        node?.Yield();
        try
        {
            Judge(conversation, worker.Serve(start, request, conversation, cancelled));
        }
        finally
        {
            if (isOwn)
            {
                worker.Dispose();
            }

            node?.Reacquire();
        }
    }

    private void Judge(WorkerConversation conversation, int? exitCode)
    {
        if (cancelled.IsSet || conversation.Succeeded)
        {
            return;
        }

        if (conversation.Result is null)
        {
            diagnostics.Error(TaskErrors.ToolDied(exitCode, conversation.LastWords), conversation.Checkpoints[0].Item);
        }
        else if (!conversation.HasErrors)
        {
            diagnostics.Error(TaskErrors.ToolFailedSilently(), conversation.Checkpoints[0].Item);
        }
    }
}
