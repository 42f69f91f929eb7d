using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using CheckpointBuild.Vendors;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>The flags of <c>trtllm-build</c> as options of a verb, each in its own spelling and with hyphens; they are not listed in its help.</summary>
internal sealed class TrtllmOptions
{
    private readonly Dictionary<string, Option> _options;
    private readonly Option<bool> _dryRun = new("--dry_run", "--dry-run") { Description = "Checks everything and writes the engine's configuration alone.", Hidden = true };
    private readonly Option<string> _checkpoint = new("--checkpoint_dir") { Description = "The checkpoint argument.", Hidden = true };
    private readonly Option<string> _output = new("--output_dir") { Description = "--output.", Hidden = true };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="command">The verb.</param>
    public TrtllmOptions(Command command)
    {
        _options = TrtllmFlags.All.ToDictionary(f => f.Name, OptionOf);
        foreach (Option option in _options.Values.Concat([_dryRun, _checkpoint, _output]))
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The values that the user typed.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>By the flags' names.</returns>
    public IReadOnlyDictionary<string, string> Values(ParseResult parsed) => _options
        .Select(o => (o.Key, Value: o.Value is Option<bool> on ? parsed.GetValue(on) ? "true" : null : parsed.GetValue((Option<string>)o.Value)))
        .Where(o => o.Value is not null)
        .ToDictionary(o => o.Key, o => o.Value!);

    /// <summary>Whether an option is one of these.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when it is a flag of <c>trtllm-build</c>.</returns>
    public bool Has(string name) => _options.ContainsKey(name) || name == _dryRun.Name || name == _checkpoint.Name || name == _output.Name;

    /// <summary>Whether nothing is to be built.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>True when it was typed.</returns>
    public bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>The source, where its flag names it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The path, or null.</returns>
    public string? Checkpoint(ParseResult parsed) => parsed.GetValue(_checkpoint);

    /// <summary>The output, where its flag names it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The path, or null.</returns>
    public string? Output(ParseResult parsed) => parsed.GetValue(_output);

    private static Option OptionOf(TrtllmFlag flag)
    {
        string[] aliases = [flag.Name.Replace('_', '-'), .. flag.Aliases];
        aliases = [.. aliases.Select((a, i) => i == 0 ? "--" + a.TrimStart('-') : a).Where(a => a != flag.Name)];
        return flag.Kind == TrtllmFlagKind.Switch
            ? new Option<bool>(flag.Name, aliases) { Description = "A flag of trtllm-build.", Hidden = true }
            : new Option<string>(flag.Name, aliases) { Description = "A flag of trtllm-build.", Hidden = true };
    }
}
