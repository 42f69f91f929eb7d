using System;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>A verb of the tool.</summary>
/// <param name="name">What the user types.</param>
internal abstract class Verb(string name)
{
    /// <summary>What the user types.</summary>
    public string Name => name;

    /// <summary>The verb with its arguments, options and action.</summary>
    /// <param name="streams">Where it reads and writes.</param>
    /// <returns>The command.</returns>
    public abstract Command Create(ToolStreams streams);

    /// <summary>Says what a verb does; it works synchronously, and exits with 0 where nothing is thrown.</summary>
    /// <param name="command">The verb's command.</param>
    /// <param name="action">What it does.</param>
    protected static void SetAction(Command command, Action<ParseResult, CancellationToken> action) => command.SetAction((parsed, cancellation) =>
    {
        action(parsed, cancellation);
        return Task.FromResult(0);
    });

    /// <summary>The argument that names a checkpoint.</summary>
    /// <returns>A new argument.</returns>
    protected static Argument<string> CheckpointArgument() => new("checkpoint") { Description = "A checkpoint: a folder, a weights file, a GGUF file, or an engine's folder." };

    /// <summary>The option that names the output directory.</summary>
    /// <returns>A new option.</returns>
    protected static Option<string> OutputOption() => new("--output", "-o") { Description = "The directory that is written; files that stand there are replaced only when all is done.", Required = true };
}
