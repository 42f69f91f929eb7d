using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Tool.Worker;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt worker --request FILE [--stay]</c>: what the package's tasks start. Speaks the line protocol on standard output; standard input is the lifeline (<see cref="WorkerCalls"/>).</summary>
internal sealed class WorkerVerb() : Verb("worker")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var request = new Option<string>("--request") { Description = "The request file.", Required = true };
        var stay = new Option<bool>("--stay") { Description = "Waits for more requests on standard input." };
        var command = new Command(Name, "Serves the package's tasks.") { request, stay };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => ServeAsync(new WorkerCalls(streams.Input, parsed.GetRequiredValue(request), parsed.GetValue(stay), cancellation), streams.Output));
        return command;
    }

    private static async Task<int> ServeAsync(WorkerCalls incoming, TextWriter output)
    {
        using WorkerCalls calls = incoming;
        int exitCode = 0;
        await foreach (WorkerCall call in calls.All())
        {
            using CancellationTokenSource stop = call.Stop;
            if (Directory.Exists(call.Folder))
            {
#pragma warning disable RS0030 // The caller's folder is part of a request, as it is when a process is started for it; nothing else is served meanwhile.
                Directory.SetCurrentDirectory(call.Folder);
#pragma warning restore RS0030
            }

            exitCode = await Task.Run(() => new WorkerSession(new LineProtocol(output)).Run(call.File, stop.Token), CancellationToken.None);
        }

        return exitCode;
    }
}
