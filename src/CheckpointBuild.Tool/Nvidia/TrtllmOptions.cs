using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Vendors;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>The flags of <c>trtllm-build</c> as options of a verb, each in its own spelling and with hyphens; they are not listed in its help.</summary>
internal sealed class TrtllmOptions
{
    private readonly Dictionary<string, Option> _options;
    private readonly NvidiaOptions _refused;
    private readonly Option<bool> _dryRun = new("--dry_run") { Description = "Checks everything and writes the engine's configuration alone.", Hidden = true };
    private readonly Option<string> _checkpoint = new("--checkpoint_dir") { Description = "The checkpoint argument.", Hidden = true };
    private readonly Option<string> _output = new("--output_dir") { Description = "--output.", Hidden = true };

    /// <summary>Flags that cannot be kept here, and why.</summary>
    internal static IReadOnlyList<NvidiaFlag> Refused { get; } =
    [
        new("--model_config", "refused: an engine without weights; name a checkpoint") { IsRefused = true },
        new("--build_config", "refused: each field of the file is an option and a metadata of its own") { IsRefused = true },
        new("--model_cls_file", "refused: no code of yours is loaded into the builder") { IsRefused = true },
        new("--model_cls_name", "refused: no code of yours is loaded into the builder") { IsRefused = true },
        new("--dora_plugin", "refused: a plug-in of later releases") { IsRefused = true },
        new("--gemm_allreduce_plugin", "refused: a plug-in of later releases") { IsRefused = true },
        new("--norm_quant_fusion", "refused: a plug-in of later releases") { IsRefused = true },
        new("--fuse_fp4_quant", "refused: a plug-in of later releases") { IsRefused = true },
    ];

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="command">The verb.</param>
    public TrtllmOptions(Command command)
    {
        _options = TrtllmFlags.All.ToDictionary(f => f.Name, OptionOf);
        _refused = new NvidiaOptions(command, Refused);
        foreach (Option option in _options.Values.Concat([_dryRun, _checkpoint, _output]))
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Sets what the user typed, after looking at every flag.</summary>
    /// <param name="recipe">The recipe so far.</param>
    /// <param name="parsed">The command line.</param>
    /// <returns>The recipe with it.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT9001, CKPT9096 or CKPT3231 for a flag that cannot be.</exception>
    public Recipe Apply(Recipe recipe, ParseResult parsed)
    {
        _ = _refused.WithoutMeaning(_refused.Values(parsed)).Count();
        Dictionary<string, string> flags = _options
            .Select(o => (o.Key, Value: ValueOf(o.Value, parsed)))
            .Where(o => o.Value is not null)
            .ToDictionary(o => o.Key, o => o.Value!);
        recipe = TrtllmSettings.ToFields(new TrtllmFlags(flags).Validated()).Aggregate(recipe, (r, f) => RecipeField.Find(f.Key)!.Set(r, f.Value));
        return parsed.GetValue(_dryRun) ? recipe with { DryRun = true } : recipe;
    }

    /// <summary>Whether an option is one of these.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when it is a flag of <c>trtllm-build</c>.</returns>
    public bool Has(string name) => _options.ContainsKey(name) || Refused.Any(f => f.Name == name) || name == _dryRun.Name || name == _checkpoint.Name || name == _output.Name;

    /// <summary>Whether an option is a flag that cannot be kept.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when a command line with it is refused for it.</returns>
    public static bool IsRefused(string name) => Refused.Any(f => f.Name == name);

    /// <summary>The source, where its flag names it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The path, or null.</returns>
    public string? Checkpoint(ParseResult parsed) => parsed.GetValue(_checkpoint);

    /// <summary>The output, where its flag names it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The path, or null.</returns>
    public string? Output(ParseResult parsed) => parsed.GetValue(_output);

    private static string? ValueOf(Option option, ParseResult parsed) => option switch
    {
        Option<bool> on => parsed.GetValue(on) ? "true" : null,
        Option<string[]> list => parsed.GetValue(list) is { Length: > 0 } values ? string.Join(TrtllmFlags.SeparatorOf(list.Name), values) : null,
        _ => parsed.GetValue((Option<string>)option),
    };

    // A field of the recipe has its option in hyphens already.
    private static Option OptionOf(TrtllmFlag flag)
    {
        string hyphened = "--" + flag.Name[2..].Replace('_', '-');
        string[] aliases = [.. flag.Aliases, .. RecipeField.All.Any(f => f.Option == hyphened) || hyphened == flag.Name ? [] : new[] { hyphened }];
        return flag.Kind == TrtllmFlagKind.Switch
            ? new Option<bool>(flag.Name, aliases) { Description = "A flag of trtllm-build.", Hidden = true }
            : TrtllmFlags.SeparatorOf(flag.Name) is not null ? new Option<string[]>(flag.Name, aliases) { Description = "A flag of trtllm-build.", Hidden = true, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true }
            : new Option<string>(flag.Name, aliases) { Description = "A flag of trtllm-build.", Hidden = true };
    }
}
