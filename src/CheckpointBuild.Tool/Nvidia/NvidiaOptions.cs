using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>NVIDIA's flags as options of a verb; they are not listed in its help.</summary>
internal sealed class NvidiaOptions
{
    private readonly Dictionary<string, (NvidiaFlag Flag, Option Option)> _options;

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="flags">The flags of the script that the verb stands for.</param>
    public NvidiaOptions(Command command, IEnumerable<NvidiaFlag> flags)
    {
        _options = flags.ToDictionary(f => f.Name, f => (f, OptionOf(f)));
        foreach ((NvidiaFlag _, Option option) in _options.Values)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The values that the user typed.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>By the flags' names; a switch has <c>true</c>.</returns>
    public IReadOnlyDictionary<string, string> Values(ParseResult parsed) => _options
        .Select(o => (o.Key, Value: ValueOf(o.Value.Flag, o.Value.Option, parsed)))
        .Where(o => o.Value is not null)
        .ToDictionary(o => o.Key, o => o.Value!);

    /// <summary>What a flag that the user typed does not do here.</summary>
    /// <param name="values">The values that the user typed.</param>
    /// <returns>One message for each.</returns>
    /// <exception cref="CheckpointException">CKPT9096 for a flag that asks for what is not made here.</exception>
    public IEnumerable<Diagnostic> WithoutMeaning(IReadOnlyDictionary<string, string> values) =>
        values.Keys.FirstOrDefault(name => _options[name].Flag.IsRefused) is { } refused ? throw Errors.FlagRefused(refused, _options[refused].Flag.Meaning.Replace("refused: ", "", System.StringComparison.Ordinal))
        : values.Keys.Where(name => _options[name].Flag.IsMeaningless).Select(name => Errors.FlagWithoutMeaning(name, _options[name].Flag.Meaning));

    private static string? ValueOf(NvidiaFlag flag, Option option, ParseResult parsed) => option is Option<bool> on ? parsed.GetValue(on) ? "true" : null
        : flag.Bare is not null && parsed.GetResult(option) is { Implicit: false, Tokens.Count: 0 } ? flag.Bare
        : parsed.GetValue((Option<string>)option);

    private static Option OptionOf(NvidiaFlag flag)
    {
        string[] aliases = [.. flag.Aliases];
        return flag.IsSwitch
            ? new Option<bool>(flag.Name, aliases) { Description = flag.Meaning, Hidden = true }
            : new Option<string>(flag.Name, aliases) { Description = flag.Meaning, Hidden = true, Arity = flag.Bare is null ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore, CustomParser = Last };
    }

    // As the scripts take it: of a flag that stands twice the last, and no flag is another one's value.
    private static string? Last(ArgumentResult result)
    {
        string? value = result.Tokens.Count == 0 ? null : result.Tokens[^1].Value;
        if (value?.StartsWith("--", System.StringComparison.Ordinal) == true)
        {
            result.AddError($"Option '{(result.Parent as OptionResult)?.Option.Name}' needs a value, and {value} follows it.");
        }

        return value;
    }
}
