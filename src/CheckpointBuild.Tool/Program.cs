using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tool.Plugins;
using CheckpointBuild.Tool.Verbs;

namespace CheckpointBuild.Tool;

/// <summary><c>ckpt</c>: results on standard output, everything else on standard error. Exit codes: 0 done, 1 refused or failed with a coded error, 2 the command line cannot be parsed, 130 cancelled.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int Usage = 2;

    /// <summary>The exit code of cancelled work.</summary>
    internal const int Cancelled = 130;

    private static readonly Verb[] Verbs =
    [
        new InspectVerb(),
        new ConvertVerb(),
        new QuantizeVerb(),
        new BuildVerb(),
        new RunVerb(),
        new LogitsVerb(),
        new TokenizeVerb(),
        new DetokenizeVerb(),
        new RenderVerb(),
        new PerplexityVerb(),
        new CompareVerb(),
        new DiffVerb(),
        new VerifyVerb(),
        new AssembleVerb(),
        new ReportVerb(),
        new FetchVerb(),
        new RestoreVerb(),
        new CacheVerb(),
        new PackVerb(),
        new StoreVerb(),
        new PlanVerb(),
        new WorkerVerb(),
    ];

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The verb and its arguments.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output: results alone.</param>
    /// <param name="error">Standard error: progress, messages and errors.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(string[] args, TextReader input, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var root = new RootCommand("Inspects, converts, quantizes, builds, runs and verifies model checkpoints.");
        root.Options.Add(PluginOption.Create());
        foreach (Verb verb in Verbs)
        {
            Command command = verb.Create(new ToolStreams(input, output, error));
            Verb.RefuseUnknownOptions(command);
            root.Subcommands.Add(command);
        }

        // A text that begins with '@' is a text: no response files.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync(string.Join('\n', parsed.Errors.Select(e => e.Message)).AsMemory(), cancellation);
            await error.WriteLineAsync($"'ckpt {(args.Length > 0 && Array.Exists(Verbs, v => v.Name == args[0]) ? args[0] + " " : "")}--help' lists what is valid.".AsMemory(), cancellation);
            return Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellation);
        }
        catch (CheckpointException e)
        {
            await error.WriteLineAsync($"{e.Code}: {e.Message}".AsMemory(), CancellationToken.None);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Cancelled.".AsMemory(), CancellationToken.None);
            return Cancelled;
        }
        catch (Exception e) when (e is not CheckpointException)
        {
            // Whatever comes here is our own fault or a plug-in's; scripts still get a code and an exit status that they know.
            CheckpointException fault = PluginLoader.Blame(e) ?? Errors.Internal(e);
            await error.WriteLineAsync($"{fault.Code}: {fault.Message}".AsMemory(), CancellationToken.None);
            return Failed;
        }
    }

    private static async Task<int> Main(string[] args)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" };
        await using var error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true, NewLine = "\n" };
        using var input = new StreamReader(Console.OpenStandardInput(), utf8);
        using var cancellation = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            // The first ends the work in order; the second ends the process, whatever it waits for.
            e.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        };
        using PosixSignalRegistration ended = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            // What a build server or container sends first: end in order, leave nothing half-written.
            signal.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        });
        return await RunAsync(args, input, output, error, cancellation.Token);
    }
}
