using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tool.Plugins;

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
    protected static void SetAction(Command command, Action<ParseResult, CancellationToken> action) => SetAction(command, (parsed, cancellation) =>
    {
        action(parsed, cancellation);
        return 0;
    });

    /// <summary>Says what a verb does whose exit code is a result.</summary>
    /// <param name="command">The verb's command.</param>
    /// <param name="action">What it does; gives the exit code.</param>
    protected static void SetAction(Command command, Func<ParseResult, CancellationToken, int> action) => command.SetAction((parsed, cancellation) =>
    {
        RefuseEmptyValues(parsed);
        PluginOption.Load(parsed);
        return Task.FromResult(action(parsed, cancellation));
    });

    /// <summary>A number of things, in words that fit it.</summary>
    /// <param name="number">How many.</param>
    /// <param name="thing">What one of them is called; one more has an <c>s</c> behind it.</param>
    /// <returns>Such as <c>1 file</c>, <c>2 files</c>.</returns>
    protected static string Count(int number, string thing) => string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");

    /// <summary>An option of a number, written with a point whatever the user's language.</summary>
    /// <param name="name">What the user types.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="otherwise">What holds where it is absent.</param>
    /// <returns>A new option.</returns>
    protected static Option<double> NumberOption(string name, string description, double otherwise) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            {
                return number;
            }

            result.AddError($"{name} takes a number, such as 0.7.");
            return otherwise;
        },
    };

    /// <summary>Adds what is wrong where an argument of a verb begins as options do: one that is misspelt is taken for a path.</summary>
    /// <param name="command">The verb.</param>
    internal static void RefuseUnknownOptions(Command command) => command.Validators.Add(result =>
    {
        foreach (string text in result.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Where(t => t.StartsWith("--", StringComparison.Ordinal)))
        {
            result.AddError($"There is no option '{text}'{Errors.Nearest(text, [.. command.Options.Select(o => o.Name)])}.");
        }
    });

    // A path that is empty is a variable of somebody's script that was never set.
    private static void RefuseEmptyValues(ParseResult parsed)
    {
        foreach (SymbolResult part in parsed.CommandResult.Children)
        {
            string? name = part switch { OptionResult option => option.Option.Name, ArgumentResult argument => argument.Argument.Name, _ => null };
            if (name is not (null or "--prompt") && part.Tokens.Any(t => t.Value.Length == 0))
            {
                throw Errors.EmptyValue(name);
            }
        }
    }

    /// <summary>Finds the checkpoint that an argument names; fetches it where it is a name, and verifies what lay there.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="checkpoint">The argument.</param>
    /// <param name="streams">Where messages go.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Where it lies.</returns>
    protected static CheckpointLocation Locate(ParseResult parsed, Argument<string> checkpoint, ToolStreams streams, CancellationToken cancellation)
    {
        using ModelSource models = ModelSource.ForUser(streams, offline: false);
        return models.Locate(parsed.GetRequiredValue(checkpoint), new Recipe { Engine = "" }, FetchTiming.BeforeUse, cancellation, readsFound: true);
    }

    /// <summary>The argument that names a checkpoint.</summary>
    /// <returns>A new argument.</returns>
    protected static Argument<string> CheckpointArgument() => new("checkpoint") { Description = "A checkpoint: a folder, a weights file, a GGUF file, an engine's folder, hf:org/name, or nuget:Id." };

    /// <summary>The option that names the output directory.</summary>
    /// <returns>A new option.</returns>
    protected static Option<string> OutputOption() => new("--output", "-o") { Description = "The directory that is written; files that stand there are replaced only when all is done.", Required = true };
}
